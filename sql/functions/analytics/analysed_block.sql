-- A row of analysis_block: how an instrument moved on sixteen days, side by side; 0 on days that it has nothing to say about.
--
-- A product of two such rows is a product of sixteen days each, which is what makes sums over many pairs of instruments, or over
-- the positions of many accounts, cheap: they are the steps of a multiplication of matrices.
--
-- group_id   days of different groups are not the same days
-- block_no   the days block_no × 16 to block_no × 16 + 15 of the group
-- present    a bit for each of them that it has something to say about
CREATE TYPE rollforward.analysed_block AS (
    group_id bigint,
    instrument_id bigint,
    block_no integer,
    present integer,
    m01 double precision, m02 double precision, m03 double precision, m04 double precision,
    m05 double precision, m06 double precision, m07 double precision, m08 double precision,
    m09 double precision, m10 double precision, m11 double precision, m12 double precision,
    m13 double precision, m14 double precision, m15 double precision, m16 double precision
);

COMMENT ON TYPE rollforward.analysed_block IS 'A row of analysis_block: how an instrument moved on sixteen days, side by side';
