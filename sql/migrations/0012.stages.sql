-- Stages of statements without a primary key: nothing looks a row up, and keeping the index took a third of copying them.
-- depends: 0011.statistics

ALTER TABLE rollforward_data.generic_row DROP CONSTRAINT generic_row_pkey;
ALTER TABLE rollforward_data.tastytrade_row DROP CONSTRAINT tastytrade_row_pkey;
-- Publications of all tables would refuse to remove rows that nothing tells apart.
ALTER TABLE rollforward_data.generic_row REPLICA IDENTITY FULL;
ALTER TABLE rollforward_data.tastytrade_row REPLICA IDENTITY FULL;
