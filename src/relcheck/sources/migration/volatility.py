"""Which functions of PostgreSQL have another value in each row.

Source: PostgreSQL, "Function Volatility Categories", and `provolatile` of `pg_proc`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

VOLATILE = frozenset(
    [
        "random",
        "random_normal",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "clock_timestamp",
        "timeofday",
        "nextval",
        "currval",
        "setval",
        "lastval",
        "gen_random_bytes",
        "gen_salt",
        "txid_current",
        "pg_sleep",
    ]
)

STABLE = frozenset(
    [
        "now",
        "statement_timestamp",
        "transaction_timestamp",
        "current_setting",
        "timezone",
        "date_trunc",
        "date_part",
        "age",
        "to_char",
        "to_timestamp",
        "to_date",
        "to_number",
        "lower",
        "upper",
        "btrim",
        "ltrim",
        "rtrim",
        "trim",
        "length",
        "char_length",
        "substring",
        "substr",
        "replace",
        "concat",
        "concat_ws",
        "coalesce",
        "nullif",
        "greatest",
        "least",
        "md5",
        "sha256",
        "sha512",
        "encode",
        "decode",
        "abs",
        "ceil",
        "ceiling",
        "floor",
        "round",
        "trunc",
        "sqrt",
        "power",
        "mod",
        "json_build_object",
        "json_build_array",
        "jsonb_build_object",
        "jsonb_build_array",
        "to_json",
        "to_jsonb",
        "json_object",
        "jsonb_object",
        "array_to_string",
        "string_to_array",
        "regexp_replace",
        "format",
        "quote_ident",
        "quote_literal",
        "make_interval",
        "make_date",
        "make_timestamp",
        "make_timestamptz",
        "to_tsvector",
        "to_tsquery",
        "plainto_tsquery",
        "setweight",
        "numrange",
        "int4range",
        "int8range",
        "tsrange",
        "tstzrange",
        "daterange",
        "array_fill",
        "lpad",
        "rpad",
        "repeat",
        "reverse",
        "left",
        "right",
        "split_part",
        "initcap",
        "chr",
        "ascii",
        "bit_length",
        "octet_length",
        "overlay",
        "position",
        "strpos",
        "translate",
        "uuid_nil",
        "version",
        "inet",
        "cidr",
        "point",
        "box",
        "polygon",
        "st_setsrid",
        "st_makepoint",
        "st_geomfromtext",
        "array_length",
        "cardinality",
    ]
)
"""Those that have one value in a statement, and those that are immutable."""


def volatility(
    called: Iterable[str], volatile: Collection[str] = VOLATILE, stable: Collection[str] = STABLE
) -> bool | None:
    """Whether an expression that calls these has another value in each row. None: one of them is not known."""
    result: bool | None = False
    for name in called:
        if name in volatile:
            return True
        if name not in stable:
            result = None
    return result
