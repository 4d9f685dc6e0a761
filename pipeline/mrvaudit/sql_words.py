"""Words of SQL: what a pack may call, and what it may not."""

from __future__ import annotations

MACROS = frozenset(
    """
    total weighted_mean half_up half_unit exceeds under differs larger smaller larger_known smaller_known as_of
    """.split()
)

# Functions without clock, chance, files, settings or network.
CALLABLE = MACROS | frozenset(
    """
    abs acos any_value approx_count_distinct arg_max arg_min argmax argmin array_agg array_length ascii asin atan atan2 bool_and bool_or
    cast cbrt ceil ceiling chr coalesce concat concat_ws contains corr cos count count_if count_star countif covar_pop
    covar_samp cume_dist date_add date_diff date_part date_sub date_trunc datediff day dayname dayofmonth dayofweek dayofyear
    dense_rank ends_with epoch exp extract first first_value floor format geomean hash if ifnull instr isfinite isinf isnan
    isodow isoyear lag last last_day last_value lcase lead left len length levenshtein list list_any_value list_contains
    list_count list_distinct list_extract list_filter list_has list_max list_min list_position list_reduce list_reverse list_sort
    list_sum list_transform list_unique list_value list_zip ln log log10 log2 lower lpad ltrim mad make_date max max_by md5 median min min_by
    mod mode month monthname nextafter nth_value ntile nullif ord percent_rank pi position pow power quantile quantile_cont
    quantile_disc quarter radians range rank regexp_extract regexp_full_match regexp_matches regexp_replace regr_count regr_intercept regr_r2
    regr_slope repeat replace reverse right row row_number rpad rtrim sign sin skewness sqrt starts_with stddev stddev_pop stddev_samp
    strftime string_agg string_split strip_accents strlen strpos strptime struct_extract struct_pack substr substring tan trim trunc
    try_cast ucase unnest upper var_pop var_samp variance week weekday weekofyear xor year yearweek generate_series
    """.split()
)

# A bracket behind these opens no call.
KEYWORDS = frozenset(
    """
    select from where in and or not exists over as on using when then else case end filter values union all intersect except with
    materialized recursive by having qualify join left right inner outer full cross group order partition window rows range groups
    between distinct any some array interval date timestamp decimal numeric varchar double integer bigint struct map is like ilike lambda
    within limit offset lateral exclude
    """.split()
)

# The engine's greatest and least leave an unknown figure out without a word: a pack says whether it means that.
CALLS_REFUSED = {
    "greatest": "larger() / larger_known()",
    "least": "smaller() / smaller_known()",
    "sum": "total()",
    "fsum": "total()",
    "kahan_sum": "total()",
    "sumkahan": "total()",
    "avg": "weighted_mean()",
    "mean": "weighted_mean()",
    "favg": "weighted_mean()",
    "list_avg": "weighted_mean()",
    "round": "half_up()",
    "round_even": "half_up()",
    "roundbankers": "half_up()",
}

TABLE_FUNCTIONS = ("unnest", "range", "generate_series")

WORDS_REFUSED = frozenset(
    """
    current_date current_time current_timestamp localtime localtimestamp current_user session_user user current_schema
    current_catalog current_role show
    """.split()
)

NODES_REFUSED = frozenset(
    """
    Insert Delete Update Merge Create Drop Alter AlterColumn Copy Command Set SetItem Install Attach Detach Use Pragma Describe Summarize Show
    Transaction Commit Rollback TruncateTable LoadData Export Kill Into Pivot Analyze Cache Uncache Refresh Comment
    CurrentDate CurrentTime CurrentTimestamp CurrentTimestampLTZ CurrentDatetime CurrentUser CurrentSchema Localtime Localtimestamp
    Rand Randn Uuid Placeholder Parameter SessionParameter TableSample
    """.split()
)

# Pure conversions and counting; every other number of a pack is a parameter with a basis.
NUMBERS = frozenset({*map(float, range(13)), 3.6, 24.0, 44.0, 100.0, 1000.0, 10000.0})
