-- The tables that the examples of migration rules speak of. A statement that an example's own tables make impossible is
-- left out.
CREATE TABLE IF NOT EXISTS shop_customer (id bigint PRIMARY KEY, email text);
CREATE TABLE IF NOT EXISTS shop_channel (id bigint PRIMARY KEY, name text);
CREATE TABLE IF NOT EXISTS shop_order (id bigint CONSTRAINT shop_order_pkey PRIMARY KEY, number int CONSTRAINT order_number_key UNIQUE, shop text, total int CONSTRAINT total_positive CHECK (total > 0), net int, tax int, note text, channel text, customer_id bigint CONSTRAINT shop_order_customer_id_fkey REFERENCES shop_customer (id), owner text, origin cidr, placed_at timestamptz);
CREATE INDEX IF NOT EXISTS shop_order_number ON shop_order (number);
CREATE UNIQUE INDEX IF NOT EXISTS shop_order_id ON shop_order (id);
CREATE UNIQUE INDEX IF NOT EXISTS shop_order_new_pkey ON shop_order (id);
CREATE UNIQUE INDEX IF NOT EXISTS order_number_idx ON shop_order (number);
CREATE TABLE IF NOT EXISTS shop_invoice (id bigint PRIMARY KEY, number text);
CREATE TABLE IF NOT EXISTS shop_line (id bigint PRIMARY KEY, amount int);
CREATE TABLE IF NOT EXISTS shop_session (id bigint PRIMARY KEY, user_id bigint, ended_at timestamptz);
CREATE TABLE IF NOT EXISTS shop_booking (room int, during int4range);
CREATE TABLE IF NOT EXISTS shop_event (id bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS shop_event_2020 PARTITION OF shop_event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE IF NOT EXISTS shop_event_2021 (id bigint, at date);
CREATE VIEW shop_sales AS SELECT id, name AS total FROM shop_channel;
CREATE MATERIALIZED VIEW shop_totals AS SELECT id FROM shop_customer;
CREATE UNIQUE INDEX shop_totals_id ON shop_totals (id);
CREATE SEQUENCE IF NOT EXISTS shop_invoice_number;
CREATE SEQUENCE IF NOT EXISTS shop_number;
CREATE TYPE order_state AS ENUM ('open', 'paid');
CREATE DOMAIN positive AS int;
CREATE TABLE IF NOT EXISTS shop_stock (id bigint PRIMARY KEY, amount positive);
CREATE FUNCTION shop_keep_totals() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION shop_total(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION shop_token() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)';
CREATE TRIGGER keep_totals AFTER INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION shop_keep_totals();
CREATE POLICY own_orders ON shop_order USING (owner = current_user);
