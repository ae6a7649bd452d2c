/** Names in a table, separated by white space. */
function names(table: string): ReadonlySet<string> {
  return new Set(table.trim().split(/\s+/u));
}

/** Functions that make one value of many rows. */
export const aggregates = names(`
any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg
json_agg_strict json_arrayagg json_object_agg json_object_agg_strict json_object_agg_unique json_objectagg jsonb_agg
jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict max min mode percentile_cont percentile_disc range_agg
range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev
stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg
`);

/** Functions that give rows, and have no effect and read no table. */
const rowSources = names(`
generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text
json_object_keys json_populate_recordset json_table json_to_recordset jsonb_array_elements
jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys jsonb_path_query jsonb_path_query_tz
jsonb_populate_recordset jsonb_to_recordset regexp_matches regexp_split_to_table string_to_table unnest xmltable
`);

/** Functions of one value that have no effect and read no table, by what they are about. */
const scalars = names(`
abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees
div erf erfc exp factorial floor gcd lcm ln log log10 min_scale mod pi pow power radians random round scale sign sin
sind sinh sqrt tan tand tanh trim_scale trunc width_bucket

ascii bit_length btrim casefold char_length character_length chr concat concat_ws format initcap is_normalized left
length like_escape lower lpad ltrim md5 normalize octet_length overlay parse_ident position quote_ident quote_literal
quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_replace regexp_split_to_array regexp_substr
repeat replace reverse right rpad rtrim similar_escape similar_to_escape split_part starts_with string_to_array strpos
substr substring to_ascii to_bin to_hex to_oct translate unistr upper

convert convert_from convert_to bit_count crc32 crc32c decode encode get_bit get_byte set_bit set_byte sha224 sha256
sha384 sha512

age clock_timestamp current_date current_time current_timestamp date_add date_bin date_part date_subtract date_trunc
extract isfinite justify_days justify_hours justify_interval localtime localtimestamp make_date make_interval
make_time make_timestamp make_timestamptz now overlaps statement_timestamp timeofday timezone to_char to_date to_number
to_timestamp transaction_timestamp

cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number

coalesce greatest grouping least nullif num_nonnulls num_nulls pg_typeof

array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_json
array_to_string array_to_tsvector array_upper cardinality trim_array

json json_array json_array_length json_build_array json_build_object json_exists json_extract_path
json_extract_path_text json_object json_populate_record json_query json_scalar json_serialize json_strip_nulls
json_to_record json_typeof json_value jsonb_array_length jsonb_build_array jsonb_build_object jsonb_extract_path
jsonb_extract_path_text jsonb_insert jsonb_object jsonb_path_exists jsonb_path_exists_tz jsonb_path_match
jsonb_path_match_tz jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz
jsonb_populate_record jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_typeof row_to_json
to_json to_jsonb

json_to_tsvector jsonb_to_tsvector numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery
to_tsvector ts_delete ts_filter ts_headline ts_lexize ts_rank ts_rank_cd tsquery_phrase tsvector_to_array
websearch_to_tsquery

isempty lower_inc lower_inf multirange range_merge upper_inc upper_inf daterange datemultirange int4range int4multirange
int8range int8multirange numrange nummultirange tsrange tsmultirange tstzrange tstzmultirange

abbrev area box broadcast center circle diagonal diameter family height host hostmask inet_merge inet_same_family
isclosed isopen isparallel isperp ishorizontal isvertical line lseg macaddr8_set7bit masklen netmask network npoints
path pclose point polygon popen radius set_masklen slope text width bound_box

gen_random_uuid uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 pg_size_bytes pg_size_pretty

xmlattributes xmlcomment xmlconcat xmlelement xmlexists xmlforest xmlparse xmlpi xmlroot xmlserialize xmltext
xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xpath xpath_exists
`);

/** Functions that tell of the database or the session and change neither. */
const lookups = names(`
col_description current_catalog current_database current_query current_role current_schema current_schemas
current_setting current_user format_type getdatabaseencoding has_any_column_privilege has_column_privilege
has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege
has_parameter_privilege has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege
has_tablespace_privilege has_type_privilege inet_client_addr inet_client_port inet_server_addr inet_server_port
obj_description pg_backend_pid pg_column_size pg_database_size pg_get_constraintdef pg_get_expr pg_get_functiondef
pg_get_indexdef pg_get_ruledef pg_get_serial_sequence pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_has_role
pg_indexes_size pg_is_in_recovery pg_postmaster_start_time pg_relation_size pg_table_is_visible pg_table_size
pg_tablespace_size pg_total_relation_size regclass regcollation regconfig regdictionary regnamespace regoper
regoperator regproc regprocedure regrole regtype session_user shobj_description system_user to_regclass
to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regrole to_regtype
user version
`);

/**
 * Functions that run a text, change what names mean, or read, write or reach what no table shows:
 * files, large objects, other servers, cursors. Of PostgreSQL itself and of the extensions it comes with.
 */
const openers = names(`
set_config cursor_to_xml cursor_to_xmlschema database_to_xml
database_to_xml_and_xmlschema database_to_xmlschema query_to_xml
query_to_xml_and_xmlschema query_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema
table_to_xml table_to_xml_and_xmlschema table_to_xmlschema ts_rewrite ts_stat

lo_close lo_creat lo_create lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell
lo_tell64 lo_truncate lo_truncate64 lo_unlink loread lowrite

pg_current_logfile pg_hba_file_rules pg_ident_file_mappings pg_ls_archive_statusdir pg_ls_dir pg_ls_logdir
pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_ls_tmpdir pg_ls_waldir
pg_read_binary_file pg_read_file pg_read_file_old pg_show_all_file_settings pg_stat_file

connectby crosstab crosstab2 crosstab3 crosstab4 crosstabn dblink dblink_build_sql_delete dblink_build_sql_insert
dblink_build_sql_update dblink_cancel_query dblink_close dblink_connect dblink_connect_u dblink_exec dblink_fetch
dblink_get_result dblink_open dblink_send_query file_fdw_handler http http_delete http_get http_post http_put
pg_file_read pg_file_rename pg_file_sync pg_file_unlink pg_file_write pg_logdir_ls postgres_fdw_get_connections
xpath_table xslt_process
`);

/** Whether a function, named as in a fact, is known to change nothing. */
export function isHarmless(name: string): boolean {
  return scalars.has(name) || aggregates.has(name) || rowSources.has(name) || lookups.has(name);
}

/** Whether a function is known to give one value for each row, or for each group. */
export function givesOneValue(name: string): boolean {
  return isHarmless(name) && !rowSources.has(name);
}

/** Whether a function is known to do what a fact cannot show. */
export function isOpener(name: string): boolean {
  return openers.has(name.slice(name.lastIndexOf(".") + 1));
}
