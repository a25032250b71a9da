-- Days on which markets trade. Before the first and after the last of a calendar, Monday to Friday.
CREATE OR REPLACE VIEW rollforward.trading_calendar AS
SELECT trading_calendar.calendar,
       trading_calendar.trading_date
FROM rollforward_data.trading_calendar;

COMMENT ON VIEW rollforward.trading_calendar IS 'Days on which markets trade';
