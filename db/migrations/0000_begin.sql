CREATE TABLE `api_keys` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`key_hash` text NOT NULL,
	`last_four` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_by_hash` ON `api_keys` (`key_hash`);--> statement-breakpoint
CREATE TABLE `cards` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`facts` text NOT NULL,
	`opened_at` integer NOT NULL,
	`closed_at` integer,
	`closed_by` text,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `cards_by_key` ON `cards` (`merchant_id`,`key`);--> statement-breakpoint
CREATE INDEX `cards_open` ON `cards` (`merchant_id`,`closed_at`);--> statement-breakpoint
CREATE TABLE `member_sessions` (
	`merchant_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`member_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `token_hash`),
	FOREIGN KEY (`merchant_id`,`member_id`) REFERENCES `members`(`merchant_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `member_sessions_by_hash` ON `member_sessions` (`token_hash`);--> statement-breakpoint
CREATE TABLE `members` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`name` text,
	`intuit_sub` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_by_email` ON `members` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `members_by_sub` ON `members` (`intuit_sub`);--> statement-breakpoint
CREATE TABLE `merchants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`bucket` text DEFAULT 'main' NOT NULL,
	`publishable_key` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `merchants_by_publishable_key` ON `merchants` (`publishable_key`);--> statement-breakpoint
CREATE TABLE `meters` (
	`merchant_id` text NOT NULL,
	`month` text NOT NULL,
	`reads` integer NOT NULL,
	`writes` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `month`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`merchant_id` text PRIMARY KEY NOT NULL,
	`chosen` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `connections` (
	`merchant_id` text PRIMARY KEY NOT NULL,
	`realm_id` text NOT NULL,
	`state` text NOT NULL,
	`scopes` text NOT NULL,
	`sealed_access` text,
	`sealed_refresh` text,
	`sealed_previous` text,
	`access_expires_at` integer,
	`refresh_expires_at` integer,
	`hard_expires_at` integer,
	`token_version` integer DEFAULT 0 NOT NULL,
	`lease_owner` text,
	`lease_until` integer,
	`company_name` text,
	`country` text,
	`home_currency` text,
	`time_zone` text,
	`preferences` text,
	`notice` text,
	`connected_at` integer NOT NULL,
	`disconnected_at` integer,
	`last_change_at` integer,
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_by_realm` ON `connections` (`realm_id`);--> statement-breakpoint
CREATE TABLE `cursors` (
	`merchant_id` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `name`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `imports` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`steps` text NOT NULL,
	`problem` text,
	`started_at` integer NOT NULL,
	`progress_at` integer NOT NULL,
	`finished_at` integer,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `imports_by_start` ON `imports` (`merchant_id`,`started_at`);--> statement-breakpoint
CREATE TABLE `oauth_states` (
	`state_hash` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`session_hash` text,
	`merchant_id` text,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `credit_memos` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`qbo_id` text NOT NULL,
	`sync_token` text NOT NULL,
	`qbo_updated_at` integer NOT NULL,
	`customer_id` text NOT NULL,
	`currency` text NOT NULL,
	`number` text,
	`issued_on` text NOT NULL,
	`total` integer NOT NULL,
	`remaining` integer NOT NULL,
	`state` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "credit_memos_total_whole" CHECK(typeof("credit_memos"."total") = 'integer'),
	CONSTRAINT "credit_memos_remaining_whole" CHECK(typeof("credit_memos"."remaining") = 'integer')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `credit_memos_by_qbo_id` ON `credit_memos` (`merchant_id`,`qbo_id`);--> statement-breakpoint
CREATE INDEX `credit_memos_by_customer` ON `credit_memos` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `customer_emails` (
	`merchant_id` text NOT NULL,
	`email` text NOT NULL,
	`customer_id` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `email`, `customer_id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `customer_emails_by_customer` ON `customer_emails` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `customers` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`qbo_id` text,
	`sync_token` text,
	`qbo_updated_at` integer NOT NULL,
	`name` text NOT NULL,
	`email` text,
	`parent_qbo_id` text,
	`currency` text NOT NULL,
	`balance` integer NOT NULL,
	`active` integer NOT NULL,
	`archived_at` integer,
	`archived_reason` text,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "customers_balance_whole" CHECK(typeof("customers"."balance") = 'integer')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_by_qbo_id` ON `customers` (`merchant_id`,`qbo_id`);--> statement-breakpoint
CREATE INDEX `customers_by_name` ON `customers` (`merchant_id`,`name`);--> statement-breakpoint
CREATE TABLE `list_entries` (
	`merchant_id` text NOT NULL,
	`entity` text NOT NULL,
	`qbo_id` text NOT NULL,
	`name` text NOT NULL,
	`type` text,
	`active` integer NOT NULL,
	`qbo_updated_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `entity`, `qbo_id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `qbo_payment_lines` (
	`merchant_id` text NOT NULL,
	`payment_qbo_id` text NOT NULL,
	`position` integer NOT NULL,
	`txn_type` text NOT NULL,
	`txn_qbo_id` text NOT NULL,
	`amount` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `payment_qbo_id`, `position`),
	FOREIGN KEY (`merchant_id`,`payment_qbo_id`) REFERENCES `qbo_payments`(`merchant_id`,`qbo_id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "qbo_payment_lines_amount_whole" CHECK(typeof("qbo_payment_lines"."amount") = 'integer')
);
--> statement-breakpoint
CREATE INDEX `qbo_payment_lines_by_txn` ON `qbo_payment_lines` (`merchant_id`,`txn_type`,`txn_qbo_id`);--> statement-breakpoint
CREATE TABLE `qbo_payments` (
	`merchant_id` text NOT NULL,
	`qbo_id` text NOT NULL,
	`sync_token` text NOT NULL,
	`qbo_updated_at` integer NOT NULL,
	`customer_id` text NOT NULL,
	`currency` text NOT NULL,
	`total` integer NOT NULL,
	`unapplied` integer NOT NULL,
	`paid_on` text NOT NULL,
	`reference` text,
	`state` text NOT NULL,
	`payment_id` text,
	PRIMARY KEY(`merchant_id`, `qbo_id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "qbo_payments_total_whole" CHECK(typeof("qbo_payments"."total") = 'integer'),
	CONSTRAINT "qbo_payments_unapplied_whole" CHECK(typeof("qbo_payments"."unapplied") = 'integer')
);
--> statement-breakpoint
CREATE INDEX `qbo_payments_by_customer` ON `qbo_payments` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE INDEX `qbo_payments_by_reference` ON `qbo_payments` (`merchant_id`,`reference`);--> statement-breakpoint
CREATE TABLE `document_events` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`invoice_id` text NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`facts` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`,`invoice_id`) REFERENCES `invoices`(`merchant_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `document_events_by_key` ON `document_events` (`merchant_id`,`invoice_id`,`key`);--> statement-breakpoint
CREATE TABLE `invoices` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`origin` text NOT NULL,
	`qbo_id` text,
	`sync_token` text,
	`qbo_updated_at` integer NOT NULL,
	`customer_id` text NOT NULL,
	`number` text,
	`issued_on` text NOT NULL,
	`due_on` text,
	`currency` text NOT NULL,
	`total` integer NOT NULL,
	`balance` integer NOT NULL,
	`deposit` integer NOT NULL,
	`tax` integer NOT NULL,
	`bill_email` text,
	`email_status` text NOT NULL,
	`visibility` text NOT NULL,
	`published_at` integer,
	`sent_at` integer,
	`voided_at` integer,
	`archived_at` integer,
	`archived_reason` text,
	`created_at` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "invoices_total_whole" CHECK(typeof("invoices"."total") = 'integer'),
	CONSTRAINT "invoices_balance_whole" CHECK(typeof("invoices"."balance") = 'integer'),
	CONSTRAINT "invoices_deposit_whole" CHECK(typeof("invoices"."deposit") = 'integer'),
	CONSTRAINT "invoices_tax_whole" CHECK(typeof("invoices"."tax") = 'integer')
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_by_qbo_id` ON `invoices` (`merchant_id`,`qbo_id`);--> statement-breakpoint
CREATE INDEX `invoices_of_customer` ON `invoices` (`merchant_id`,`customer_id`,`due_on`);--> statement-breakpoint
CREATE INDEX `invoices_open` ON `invoices` (`merchant_id`,`due_on`) WHERE balance > 0 and archived_at is null;--> statement-breakpoint
CREATE INDEX `invoices_drafts` ON `invoices` (`merchant_id`,`issued_on`) WHERE visibility = 'draft';--> statement-breakpoint
CREATE INDEX `invoices_by_issue` ON `invoices` (`merchant_id`,`issued_on`);--> statement-breakpoint
CREATE TABLE `allocations` (
	`merchant_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`invoice_id` text NOT NULL,
	`amount` integer NOT NULL,
	`state` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `payment_id`, `invoice_id`),
	FOREIGN KEY (`merchant_id`,`payment_id`) REFERENCES `payments`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`merchant_id`,`invoice_id`) REFERENCES `invoices`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "allocations_amount_whole" CHECK(typeof("allocations"."amount") = 'integer'),
	CONSTRAINT "allocations_amount_positive" CHECK("allocations"."amount" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `allocations_one_open` ON `allocations` (`merchant_id`,`invoice_id`) WHERE state = 'held';--> statement-breakpoint
CREATE INDEX `allocations_by_invoice` ON `allocations` (`merchant_id`,`invoice_id`,`state`);--> statement-breakpoint
CREATE TABLE `checkouts` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`token_hash` text NOT NULL,
	`customer_id` text NOT NULL,
	`currency` text NOT NULL,
	`lines` text NOT NULL,
	`payer_email` text,
	`return_url` text,
	`grant_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `checkouts_by_hash` ON `checkouts` (`token_hash`);--> statement-breakpoint
CREATE TABLE `ledger_entries` (
	`merchant_id` text NOT NULL,
	`fact_key` text NOT NULL,
	`position` integer NOT NULL,
	`payment_id` text NOT NULL,
	`ledger_account` text NOT NULL,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `fact_key`, `position`),
	FOREIGN KEY (`merchant_id`,`payment_id`) REFERENCES `payments`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ledger_entries_amount_whole" CHECK(typeof("ledger_entries"."amount") = 'integer')
);
--> statement-breakpoint
CREATE INDEX `ledger_entries_by_payment` ON `ledger_entries` (`merchant_id`,`payment_id`);--> statement-breakpoint
CREATE TABLE `payments` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`checkout_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`currency` text NOT NULL,
	`amount` integer NOT NULL,
	`state` text NOT NULL,
	`provider` text NOT NULL,
	`stripe_account` text,
	`provider_ref` text,
	`confirmation_token` text NOT NULL,
	`provider_customer_ref` text,
	`reference` text NOT NULL,
	`method` text,
	`failure` text,
	`fee` integer,
	`unknown_since` integer,
	`created_at` integer NOT NULL,
	`hold_until` integer NOT NULL,
	`captured_at` integer,
	`ended_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`merchant_id`,`checkout_id`) REFERENCES `checkouts`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_amount_whole" CHECK(typeof("payments"."amount") = 'integer'),
	CONSTRAINT "payments_amount_positive" CHECK("payments"."amount" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_by_provider_ref` ON `payments` (`merchant_id`,`provider`,`provider_ref`);--> statement-breakpoint
CREATE UNIQUE INDEX `payments_by_reference` ON `payments` (`merchant_id`,`reference`);--> statement-breakpoint
CREATE INDEX `payments_by_time` ON `payments` (`merchant_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `payments_open` ON `payments` (`state`,`hold_until`) WHERE state in ('reserved', 'needs_action', 'processing');--> statement-breakpoint
CREATE TABLE `postings` (
	`merchant_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`generation` integer NOT NULL,
	`state` text NOT NULL,
	`qbo_id` text,
	`sync_token` text,
	`unapplied` integer NOT NULL,
	`first_sent_at` integer,
	`posted_at` integer,
	`problem` text,
	PRIMARY KEY(`merchant_id`, `payment_id`),
	FOREIGN KEY (`merchant_id`,`payment_id`) REFERENCES `payments`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `postings_by_qbo_id` ON `postings` (`merchant_id`,`qbo_id`);--> statement-breakpoint
CREATE TABLE `provider_customers` (
	`merchant_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`provider` text NOT NULL,
	`ref` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `customer_id`, `provider`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `changes` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`merchant_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`invoice_id` text,
	`kind` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `changes_by_time` ON `changes` (`at`);--> statement-breakpoint
CREATE TABLE `inbox` (
	`source` text NOT NULL,
	`owner` text NOT NULL,
	`event_id` text NOT NULL,
	`body` text NOT NULL,
	`state` text NOT NULL,
	`received_at` integer NOT NULL,
	`done_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`problem` text,
	PRIMARY KEY(`source`, `owner`, `event_id`)
);
--> statement-breakpoint
CREATE INDEX `inbox_waiting` ON `inbox` (`source`,`received_at`) WHERE state = 'received';--> statement-breakpoint
CREATE TABLE `mails` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`recipient` text NOT NULL,
	`customer_id` text,
	`invoice_id` text,
	`state` text NOT NULL,
	`ref` text,
	`problem` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `mails_by_customer` ON `mails` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`lane` text NOT NULL,
	`kind` text NOT NULL,
	`payload` text NOT NULL,
	`state` text NOT NULL,
	`run_at` integer NOT NULL,
	`lease_owner` text,
	`lease_until` integer,
	`fence` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`problem` text,
	`created_at` integer NOT NULL,
	`done_at` integer,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`run_at`) WHERE state in ('ready', 'leased');--> statement-breakpoint
CREATE INDEX `outbox_lane` ON `outbox` (`lane`) WHERE state = 'leased';--> statement-breakpoint
CREATE TABLE `links` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`token_hash` text NOT NULL,
	`customer_id` text NOT NULL,
	`invoice_id` text,
	`scope` text NOT NULL,
	`email` text,
	`preview` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	PRIMARY KEY(`merchant_id`, `id`),
	FOREIGN KEY (`merchant_id`,`customer_id`) REFERENCES `customers`(`merchant_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `links_by_hash` ON `links` (`token_hash`);--> statement-breakpoint
CREATE INDEX `links_by_customer` ON `links` (`merchant_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `rate_limits` (
	`key` text PRIMARY KEY NOT NULL,
	`window_at` integer NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`merchant_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`customer_ids` text NOT NULL,
	`email` text,
	`via` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	PRIMARY KEY(`merchant_id`, `token_hash`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_by_hash` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE TABLE `sign_in_codes` (
	`audience` text NOT NULL,
	`email` text NOT NULL,
	`code_hash` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`audience`, `email`)
);
