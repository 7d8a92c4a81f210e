CREATE TABLE `import_seen` (
	`merchant_id` text NOT NULL,
	`import_id` text NOT NULL,
	`entity` text NOT NULL,
	`qbo_id` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `import_id`, `entity`, `qbo_id`),
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
