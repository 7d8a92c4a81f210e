CREATE TABLE `operations` (
	`id` text PRIMARY KEY NOT NULL,
	`outcome` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `operations_by_time` ON `operations` (`at`);