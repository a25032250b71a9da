-- The independent reference: every derived row of one account, computed date by date, event by event.
--
-- Deliberately plain: a queue of open lots, a running total per position and per currency, and a loop that a reader
-- can check by eye. Shares no calculation with the set-based path; it is what verify() holds that path against, and
-- what process_per_date() falls back to. Writes nothing.
--
-- end_date   the last accounting date to look at
-- returns    object: lot_slice, position_snapshot or account_snapshot; content: the row of that table
CREATE OR REPLACE FUNCTION rollforward.reference_rows(account_id bigint, end_date date)
RETURNS TABLE (object text, content jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    costs_in_lot boolean;
    today date;
    event record;
    lots rollforward_data.lot_slice[] := '{}';
    positions rollforward_data.position_snapshot[] := '{}';
    accounts rollforward_data.account_snapshot[] := '{}';
    moved_positions integer[];
    moved_accounts integer[];
    a integer;
    p integer;
    i integer;
    net numeric;
    done numeric;
    taken numeric;
    closes rollforward_data.position_side[];
    opens rollforward_data.position_side;
    closing_side rollforward_data.position_side;
    slice rollforward_data.lot_slice;
    still_open rollforward_data.lot_slice[];
    holding record;
    close_price numeric;
    worth numeric;
BEGIN
    SELECT account.costs_in_lot INTO costs_in_lot
    FROM rollforward_data.account WHERE account.account_id = reference_rows.account_id;

    FOR today IN
        SELECT DISTINCT m.accounting_date FROM rollforward_data.movement AS m
        WHERE m.account_id = reference_rows.account_id AND m.accounting_date <= reference_rows.end_date
        ORDER BY m.accounting_date
    LOOP
        moved_positions := '{}';
        moved_accounts := '{}';

        FOR event IN
            SELECT m.*, coalesce(instrument.kind IN ('option', 'future_option'), false) AS is_option, instrument.multiplier
            FROM rollforward_data.movement AS m
            LEFT JOIN rollforward_data.instrument ON instrument.instrument_id = m.instrument_id
            WHERE m.account_id = reference_rows.account_id AND m.accounting_date = today
            ORDER BY m.occurred_at, m.kind = 'strike_adjustment', m.effect, m.price, m.natural_key
        LOOP
            -- Which running totals does it belong to?
            a := NULL;
            FOR i IN 1 .. cardinality(accounts) LOOP
                IF accounts[i].currency = event.currency THEN a := i; END IF;
            END LOOP;
            IF a IS NULL THEN
                a := cardinality(accounts) + 1;
                accounts[a] := ROW(account_id, event.currency, today, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            END IF;
            p := NULL;
            IF event.instrument_id IS NOT NULL THEN
                FOR i IN 1 .. cardinality(positions) LOOP
                    IF positions[i].instrument_id = event.instrument_id AND positions[i].currency = event.currency THEN
                        p := i;
                    END IF;
                END LOOP;
                IF p IS NULL THEN
                    p := cardinality(positions) + 1;
                    positions[p] := ROW(account_id, event.instrument_id, event.currency, today, NULL,
                                        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                END IF;
                moved_positions := moved_positions || p;
                positions[p].commissions := positions[p].commissions + event.commission;
            END IF;

            -- A strike adjustment moves all lots of the contract to its successor.
            IF event.kind = 'strike_adjustment' THEN
                still_open := '{}';
                FOREACH slice IN ARRAY lots LOOP
                    IF slice.instrument_id = event.instrument_id AND slice.currency = event.currency THEN
                        slice.closed_on := today;
                        slice.closed_by := event.movement_id;
                        slice.carried_to := event.to_instrument_id;
                        object := 'lot_slice';
                        content := to_jsonb(slice);
                        RETURN NEXT;
                        slice.instrument_id := event.to_instrument_id;
                        slice.entered_on := today;
                        slice.entered_by := event.movement_id;
                        slice.closed_on := 'infinity';
                        slice.closed_by := NULL;
                        slice.carried_to := NULL;

                        p := NULL;
                        FOR i IN 1 .. cardinality(positions) LOOP
                            IF positions[i].instrument_id = event.to_instrument_id AND positions[i].currency = event.currency THEN
                                p := i;
                            END IF;
                        END LOOP;
                        IF p IS NULL THEN
                            p := cardinality(positions) + 1;
                            positions[p] := ROW(account_id, event.to_instrument_id, event.currency, today, NULL,
                                                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                        END IF;
                        moved_positions := moved_positions || p;
                    END IF;
                    still_open := still_open || slice;
                END LOOP;
                lots := still_open;
                CONTINUE;
            END IF;

            -- Cash and what the kind stands for.
            moved_accounts := moved_accounts || a;
            accounts[a].movement_counter := accounts[a].movement_counter + 1;
            accounts[a].commissions := accounts[a].commissions + event.commission;
            accounts[a].fees := accounts[a].fees + event.fee;
            accounts[a].cash_balance := accounts[a].cash_balance + event.amount - event.commission - event.fee - event.tax;
            IF p IS NOT NULL THEN
                positions[p].fees := positions[p].fees + event.fee;
            END IF;
            IF event.tax <> 0 AND event.kind <> 'dividend' THEN
                accounts[a].fees := accounts[a].fees + event.tax;
                IF p IS NOT NULL THEN
                    positions[p].fees := positions[p].fees + event.tax;
                END IF;
            END IF;

            IF event.kind = 'deposit' OR event.kind = 'cash_in' THEN
                accounts[a].deposited := accounts[a].deposited + event.amount;
            ELSIF event.kind = 'withdrawal' OR event.kind = 'cash_out' THEN
                accounts[a].withdrawn := accounts[a].withdrawn - event.amount;
            ELSIF event.kind = 'fee' OR event.kind = 'adjustment' THEN
                accounts[a].fees := accounts[a].fees - event.amount;
                IF p IS NOT NULL THEN
                    positions[p].fees := positions[p].fees - event.amount;
                END IF;
            ELSIF event.kind = 'interest' OR event.kind = 'interest_paid' OR event.kind = 'lending' THEN
                accounts[a].other_income := accounts[a].other_income + event.amount;
            ELSIF event.kind = 'dividend' THEN
                accounts[a].dividends_received := accounts[a].dividends_received + event.amount - event.tax;
                IF p IS NOT NULL THEN
                    positions[p].dividends := positions[p].dividends + event.amount;
                    positions[p].dividend_taxes := positions[p].dividend_taxes + event.tax;
                END IF;
            ELSIF event.kind = 'dividend_tax' THEN
                accounts[a].dividends_received := accounts[a].dividends_received + event.amount;
                IF p IS NOT NULL THEN
                    positions[p].dividend_taxes := positions[p].dividend_taxes - event.amount;
                END IF;
            END IF;
            IF event.is_option AND (event.kind = 'buy' OR event.kind = 'sell' OR event.kind = 'expiration') THEN
                accounts[a].options_income := accounts[a].options_income + event.amount;
                positions[p].options_income := positions[p].options_income + event.amount;
            END IF;
            CONTINUE WHEN event.effect IS NULL;

            -- Which sides does it close, and which does it open?
            closes := '{}';
            opens := NULL;
            IF event.kind = 'buy' THEN
                IF event.effect <> 'close' THEN opens := 'long'; END IF;
                IF event.effect <> 'open' THEN closes := '{short}'; END IF;
            ELSIF event.kind = 'sell' THEN
                IF event.effect <> 'close' THEN opens := 'short'; END IF;
                IF event.effect <> 'open' THEN closes := '{long}'; END IF;
            ELSIF event.kind = 'securities_in' THEN
                opens := coalesce(event.side, 'long');
            ELSIF event.kind = 'securities_out' THEN
                closes := ARRAY[coalesce(event.side, 'long')];
            ELSIF event.side IS NOT NULL THEN
                closes := ARRAY[event.side];
            ELSE
                closes := '{long,short}';
            END IF;

            net := event.amount;
            IF costs_in_lot THEN
                net := net - event.commission - event.fee - event.tax;
            END IF;
            done := 0;

            -- Close the oldest lots first; what finds no lot is an orphan and changes nothing.
            FOREACH closing_side IN ARRAY closes LOOP
                still_open := '{}';
                FOREACH slice IN ARRAY lots LOOP
                    IF slice.instrument_id = event.instrument_id AND slice.currency = event.currency
                       AND slice.side = closing_side AND done < event.quantity
                    THEN
                        taken := least(slice.quantity, event.quantity - done);
                        slice.cost := round(slice.lot_cost * (slice.lot_offset + taken) / slice.lot_quantity, 8)
                                      - round(slice.lot_cost * slice.lot_offset / slice.lot_quantity, 8);
                        slice.proceeds := round(net * (done + taken) / event.quantity, 8) - round(net * done / event.quantity, 8);
                        IF closing_side = 'short' THEN
                            slice.proceeds := -slice.proceeds;
                        END IF;
                        IF event.kind = 'securities_out' THEN
                            slice.proceeds := slice.proceeds + slice.cost;
                        END IF;
                        slice.gain := CASE closing_side WHEN 'long' THEN slice.proceeds - slice.cost
                                                        ELSE slice.cost - slice.proceeds END;
                        positions[p].realized_gains := positions[p].realized_gains + slice.gain;
                        accounts[a].realized_gains := accounts[a].realized_gains + slice.gain;
                        done := done + taken;

                        worth := slice.quantity - taken;
                        slice.quantity := taken;
                        slice.closed_on := today;
                        slice.closed_by := event.movement_id;
                        object := 'lot_slice';
                        content := to_jsonb(slice);
                        RETURN NEXT;

                        slice.lot_offset := slice.lot_offset + taken;
                        slice.quantity := worth;
                        slice.cost := slice.lot_cost - round(slice.lot_cost * slice.lot_offset / slice.lot_quantity, 8);
                        slice.proceeds := NULL;
                        slice.gain := NULL;
                        slice.closed_on := 'infinity';
                        slice.closed_by := NULL;
                    END IF;
                    IF slice.quantity > 0 THEN
                        still_open := still_open || slice;
                    END IF;
                END LOOP;
                lots := still_open;
            END LOOP;

            -- Open with what is left.
            IF opens IS NOT NULL AND done < event.quantity THEN
                slice := NULL;
                slice.account_id := account_id;
                slice.opened_by := event.movement_id;
                slice.entered_by := event.movement_id;
                slice.opened_on := today;
                slice.entered_on := today;
                slice.closed_on := 'infinity';
                slice.instrument_id := event.instrument_id;
                slice.currency := event.currency;
                slice.side := opens;
                slice.lot_offset := 0;
                slice.quantity := event.quantity - done;
                slice.lot_quantity := slice.quantity;
                slice.lot_cost := net - round(net * done / event.quantity, 8);
                IF opens = 'long' THEN
                    slice.lot_cost := -slice.lot_cost;
                END IF;
                IF event.kind = 'securities_in' THEN
                    slice.lot_cost := slice.lot_cost + coalesce(round(event.quantity * event.price * event.multiplier, 8), 0);
                END IF;
                slice.cost := slice.lot_cost;
                lots := lots || slice;
            END IF;
        END LOOP;

        -- The day is over: what is held of each position that moved, and what is it worth?
        FOR p IN SELECT DISTINCT unnest(moved_positions) LOOP
            SELECT coalesce(sum(open_lot.quantity) FILTER (WHERE open_lot.side = 'long'), 0) AS long_quantity,
                   coalesce(sum(open_lot.quantity) FILTER (WHERE open_lot.side = 'short'), 0) AS short_quantity,
                   coalesce(sum(open_lot.cost) FILTER (WHERE open_lot.side = 'long'), 0) AS long_cost,
                   coalesce(sum(open_lot.cost) FILTER (WHERE open_lot.side = 'short'), 0) AS short_cost
            INTO holding
            FROM unnest(lots) AS open_lot
            WHERE open_lot.instrument_id = positions[p].instrument_id AND open_lot.currency = positions[p].currency;
            positions[p].snapshot_date := today;
            positions[p].long_quantity := holding.long_quantity;
            positions[p].short_quantity := holding.short_quantity;
            positions[p].long_cost := holding.long_cost;
            positions[p].short_cost := holding.short_cost;

            positions[p].price_date := NULL;
            positions[p].market_value := holding.long_cost - holding.short_cost;
            IF holding.long_quantity <> 0 OR holding.short_quantity <> 0 THEN
                FOR event IN
                    SELECT price.price_date, price.close FROM rollforward_data.price
                    WHERE price.instrument_id = positions[p].instrument_id AND price.price_date <= today
                    ORDER BY price.price_date DESC LIMIT 1
                LOOP
                    positions[p].price_date := event.price_date;
                    positions[p].market_value := round(
                        (holding.long_quantity - holding.short_quantity) * event.close
                        * (SELECT instrument.multiplier FROM rollforward_data.instrument
                           WHERE instrument.instrument_id = positions[p].instrument_id), 8);
                END LOOP;
            END IF;
            IF today > (SELECT instrument.expiration FROM rollforward_data.instrument
                        WHERE instrument.instrument_id = positions[p].instrument_id) THEN
                positions[p].market_value := 0;
            END IF;
            object := 'position_snapshot';
            content := to_jsonb(positions[p]);
            RETURN NEXT;
        END LOOP;

        -- And each currency that moved?
        FOR a IN SELECT DISTINCT unnest(moved_accounts) LOOP
            accounts[a].snapshot_date := today;
            accounts[a].open_units := 0;
            accounts[a].invested := 0;
            accounts[a].unrealized_gains := 0;
            FOR holding IN
                SELECT open_lot.instrument_id, instrument.kind, instrument.multiplier, instrument.expiration,
                       sum(open_lot.quantity) AS units,
                       sum(CASE open_lot.side WHEN 'long' THEN open_lot.cost ELSE 0 END) AS long_cost,
                       sum(CASE open_lot.side WHEN 'long' THEN open_lot.quantity ELSE -open_lot.quantity END) AS quantity,
                       sum(CASE open_lot.side WHEN 'long' THEN open_lot.cost ELSE -open_lot.cost END) AS cost
                FROM unnest(lots) AS open_lot
                JOIN rollforward_data.instrument ON instrument.instrument_id = open_lot.instrument_id
                WHERE open_lot.currency = accounts[a].currency
                GROUP BY 1, 2, 3, 4
            LOOP
                accounts[a].open_units := accounts[a].open_units + holding.units;
                IF holding.kind NOT IN ('option', 'future_option') THEN
                    accounts[a].invested := accounts[a].invested + holding.long_cost;
                END IF;

                close_price := NULL;
                SELECT price.close INTO close_price FROM rollforward_data.price
                WHERE price.instrument_id = holding.instrument_id AND price.price_date <= today
                ORDER BY price.price_date DESC LIMIT 1;
                worth := round(holding.quantity * holding.multiplier * close_price, 8);
                IF close_price IS NULL THEN
                    worth := holding.cost;
                END IF;
                IF today > holding.expiration THEN
                    worth := 0;
                END IF;
                accounts[a].unrealized_gains := accounts[a].unrealized_gains + worth - holding.cost;
            END LOOP;
            object := 'account_snapshot';
            content := to_jsonb(accounts[a]);
            RETURN NEXT;
        END LOOP;
    END LOOP;

    -- What is still open in the end.
    FOREACH slice IN ARRAY lots LOOP
        object := 'lot_slice';
        content := to_jsonb(slice);
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.reference_rows IS 'Independent reference: every derived row of one account, computed event by event';
