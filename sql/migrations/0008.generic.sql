-- Staging of movements in rollforward's own CSV layout. Rows belong to the transaction that wrote them.
-- depends: 0007.runs

CREATE TABLE rollforward_data.generic_row (
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    row_no bigint GENERATED ALWAYS AS IDENTITY,
    line integer,
    account text,
    occurred_at text,
    kind text,
    effect text,
    symbol text,
    quantity text,
    price text,
    amount text,
    commission text,
    fee text,
    tax text,
    currency text,
    commission_currency text,
    counter_amount text,
    counter_currency text,
    lot_ref text,
    external_id text,
    description text,
    CONSTRAINT generic_row_pkey PRIMARY KEY (transaction_id, row_no)
);
COMMENT ON TABLE rollforward_data.generic_row IS 'Rows of one file of movements as printed, staged by the transaction that imports them';
COMMENT ON COLUMN rollforward_data.generic_row.line IS 'Line of the file; NULL means in the order of arrival, after one line of header';
