DROP INDEX `customer_emails_by_customer`;--> statement-breakpoint
CREATE INDEX `customer_emails_of_customer` ON `customer_emails` (`merchant_id`,`customer_id`,`email`);--> statement-breakpoint
DROP INDEX `customers_by_name`;--> statement-breakpoint
CREATE INDEX `customers_listed` ON `customers` (`merchant_id`,archived_at is not null,lower(name),`id`) WHERE archived_reason is not 'merged_in_quickbooks';--> statement-breakpoint
CREATE INDEX `customers_by_parent` ON `customers` (`merchant_id`,`parent_qbo_id`) WHERE parent_qbo_id is not null;--> statement-breakpoint
CREATE INDEX `qbo_payments_unclaimed` ON `qbo_payments` (`merchant_id`,`reference`) WHERE payment_id is null;--> statement-breakpoint
CREATE INDEX `qbo_payments_by_day` ON `qbo_payments` (`merchant_id`,`paid_on`);--> statement-breakpoint
CREATE INDEX `invoices_open_by_issue` ON `invoices` (`merchant_id`,`issued_on`) WHERE balance > 0 and archived_at is null;--> statement-breakpoint
CREATE INDEX `checkouts_by_customer` ON `checkouts` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE INDEX `payments_by_capture` ON `payments` (`merchant_id`,case when captured_at is null then created_at else captured_at end) WHERE state = 'succeeded';--> statement-breakpoint
CREATE INDEX `payments_by_customer` ON `payments` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE INDEX `payments_of_checkout` ON `payments` (`merchant_id`,`checkout_id`,`created_at`);