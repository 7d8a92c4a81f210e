ALTER TABLE `payments` ADD `payer_address` text;--> statement-breakpoint
CREATE INDEX `payments_tried_by_customer` ON `payments` (`merchant_id`,`customer_id`,`created_at`) WHERE state in ('reserved', 'failed');--> statement-breakpoint
CREATE INDEX `payments_tried_by_address` ON `payments` (`payer_address`,`created_at`) WHERE state in ('reserved', 'failed');--> statement-breakpoint
CREATE INDEX `checkouts_by_grant` ON `checkouts` (`merchant_id`,`grant_hash`,`created_at`);