-- A batch asks `insert into must select changes()` after a guarded write: unless exactly one row changed, the whole batch is undone.
CREATE VIEW `must` (`changed`) AS SELECT 1;
--> statement-breakpoint
CREATE TRIGGER `must_hold` INSTEAD OF INSERT ON `must` WHEN NEW.`changed` IS NOT 1
BEGIN
  SELECT RAISE(ABORT, 'guard: the row had moved on');
END;
--> statement-breakpoint
CREATE TRIGGER `ledger_entries_keep` BEFORE UPDATE ON `ledger_entries`
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `ledger_entries_stay` BEFORE DELETE ON `ledger_entries`
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;
