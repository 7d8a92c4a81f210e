ALTER TABLE `outbox` ADD `cause` text;--> statement-breakpoint
CREATE INDEX `outbox_parked` ON `outbox` (`kind`) WHERE state in ('blocked', 'dead');--> statement-breakpoint
CREATE INDEX `cards_open_by_kind` ON `cards` (`kind`,`opened_at`) WHERE closed_at is null;