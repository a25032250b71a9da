-- What the rows of the staged IBKR statement are about, from all its sections.
--
-- category     the kind of instrument, as the statement calls it; NULL where no instrument moves
-- moment       the day or time as printed, in the column dated_by
-- reason       why the row cannot be booked, where that is so before any of its values is read
CREATE OR REPLACE VIEW rollforward.ibkr_event AS
TABLE rollforward.ibkr_security_event
UNION ALL
TABLE rollforward.ibkr_conversion_event
UNION ALL
TABLE rollforward.ibkr_cash_event
UNION ALL
TABLE rollforward.ibkr_transfer_event
UNION ALL
TABLE rollforward.ibkr_corporate_action
UNION ALL
TABLE rollforward.ibkr_held_event
UNION ALL
TABLE rollforward.ibkr_unread_event;

COMMENT ON VIEW rollforward.ibkr_event IS 'What the rows of the staged IBKR statement are about, from all its sections';
