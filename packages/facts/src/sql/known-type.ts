/** The types of `pg_catalog` that only hold a value: those that look something up are left out. */
const types: ReadonlySet<string> = new Set(
  `bit bool box bpchar bytea char cid cidr circle date datemultirange daterange float4 float8 inet int2 int2vector int4
int4multirange int4range int8 int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money
name numeric nummultirange numrange oid oidvector path pg_lsn pg_snapshot point polygon record text tid time timestamp
timestamptz timetz tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot unknown uuid varbit
varchar void xid xid8 xml`.split(/\s+/u),
);

/** The operators of `pg_catalog`. */
const operators: ReadonlySet<string> = new Set(
  `!! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <= <>
<@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~
~~*`.split(/\s+/u),
);

/** Whether a type, named as in a fact, holds a value and no more. */
export function isPlainType(name: string): boolean {
  return types.has(name);
}

/** Whether an operator, named as in a fact, is one of PostgreSQL itself. */
export function isPlainOperator(name: string): boolean {
  return operators.has(name) || /^(?:NOT )?BETWEEN(?: SYMMETRIC)?$/u.test(name);
}
