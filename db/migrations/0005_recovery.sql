CREATE TABLE `copies` (
	`taken_at` integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `recoveries` (
	`merchant_id` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`began_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`merchant_id`) REFERENCES `merchants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `postings` ADD `compared` text;