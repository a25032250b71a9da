-- What waits to be recomputed: an account and the first day it concerns, once per mark.
--
-- Marks of shared facts are resolved here, and nowhere else, to the accounts they concern: a price, a split or the terms of
-- an instrument to those that held it on that day or later, a rate to those with money in either of its currencies besides
-- their own, a calendar to those that use it. A new price may also open a new day of valuation for everybody.
--
-- A mark that was resolved while others were at work stays until they are done, and concerns what they have committed
-- since: positions and currencies that could not be seen then.
--
-- mark_id     of the mark of a shared fact; NULL for the marks of the account itself
-- relies on   position_instrument_idx, movement_transfer_of_account_idx; shared_mark is empty but for what came since the
--             last calculation
CREATE OR REPLACE VIEW rollforward.waiting_mark AS
SELECT mark.account_id, mark.from_date, NULL::bigint AS mark_id
FROM rollforward_data.stale_mark AS mark
UNION ALL
SELECT holder.account_id, mark.from_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.position AS holder
    ON holder.instrument_id = mark.instrument_id
   AND holder.held_until >= mark.from_date
   AND (mark.resolved_in IS NULL OR NOT pg_visible_in_snapshot(holder.written_in, mark.resolved_in))
UNION ALL
-- what left on a day without trading is valued on the next trading day, at the latest a month later
SELECT holder.account_id, mark.from_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.position AS holder
    ON holder.instrument_id = mark.instrument_id
   AND holder.held_until < mark.from_date
   AND holder.held_until >= greatest(mark.from_date, '0001-02-01') - 31
   AND (mark.resolved_in IS NULL OR NOT pg_visible_in_snapshot(holder.written_in, mark.resolved_in))
JOIN rollforward_data.account USING (account_id)
WHERE NOT rollforward.is_trading_day(account.calendar, holder.held_until)
  AND EXISTS (
      SELECT FROM rollforward_data.movement
      WHERE movement.account_id = holder.account_id
        AND movement.accounting_date = holder.held_until
        AND movement.instrument_id = holder.instrument_id
        AND movement.kind IN ('securities_in', 'securities_out'))
UNION ALL
SELECT account.account_id, mark.from_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.account_currency AS held
    ON mark.kind = 'rate'
   AND (mark.resolved_in IS NULL OR NOT pg_visible_in_snapshot(held.written_in, mark.resolved_in))
JOIN rollforward_data.account
    ON account.account_id = held.account_id
   AND account.base_currency <> held.currency
WHERE mark.currency IN (account.base_currency, held.currency)
   OR mark.quote_currency IN (account.base_currency, held.currency)
UNION ALL
SELECT account.account_id, mark.from_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
JOIN rollforward_data.account USING (calendar)
UNION ALL
SELECT account.account_id, mark.from_date, mark.mark_id
FROM rollforward_data.shared_mark AS mark
CROSS JOIN rollforward_data.account
WHERE mark.kind = 'everything'
UNION ALL
SELECT unvalued.account_id, unvalued.from_date, mark.mark_id
FROM (SELECT min(mark_id) AS mark_id FROM rollforward_data.shared_mark WHERE kind = 'price') AS mark
JOIN rollforward.unvalued_account AS unvalued
    ON mark.mark_id IS NOT NULL;

COMMENT ON VIEW rollforward.waiting_mark IS 'What waits to be recomputed: accounts and days, once per mark';
