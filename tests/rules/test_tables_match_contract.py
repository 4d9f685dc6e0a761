"""The record tables, word lists and units of the packs against the record contract, written out here by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

RULES = Path(__file__).parents[2] / "rules"
POWER_TABLES = [f"power/tables{part}.yaml" for part in ("", "_declared", "_evidence")]
# Columns that the declarations of a month, its output and the year share.
FUEL_FIGURES = """stage fuel_consumption consumption_source carbon_content_tc_per_t ncv_gj_per_t
    carbon_per_heat_tc_per_gj c_ad_pct c_d_pct m_ad_pct m_ar_pct carbon_source carbon_mode report_no lab_id coal_rank
    oxidation_pct combustion_tco2 purchased_mwh grid_ef_tco2_per_mwh electricity_tco2"""
OUTPUT_BEFORE = "generation_mwh supply_mwh heat_gj operating_hours load_factor_pct"
OUTPUT_AFTER = """heat_ratio_pct gross_coal_rate_tce_per_mwh heat_coal_rate_tce_per_gj power_intensity_tco2_per_mwh
    heat_intensity_tco2_per_gj on_grid_mwh"""
BIOMASS = "biomass_kind boiler_efficiency_pct boiler_heat_gj fossil_heat_gj biomass_share_pct"

# Table: columns in order, the key in brackets, `*` where a value is required. entity_id is part of every key and comes
# first unless it is written; provided_by comes last.
COLUMNS = f"""
    units: entity_id* entity_name [unit_id*] unit_name province city county sector commissioned_on valid_from
        retired_on status merged_group longitude latitude altitude_m preparer_name verifier_name site_id fuel_category*
        unit_class capacity_mw* boiler_type steam_class cooling reheat cogeneration design_coal_rate_gce_per_kwh
    fuel_use: [unit_id*] [fuel*] [date*] consumption* volume_state measured_by metering_point m_ar_pct
        qnet_ar_mj_per_kg ncv_gj_per_1e4nm3
    fuel_samples: [sample_id*] [unit_id*] fuel* kind* sampled_from* sampled_to sampled_by prepared_on sent_on
        received_on mass_kg sent_mass_g retained_mass_g top_size_mm seal_no courier_no lab_id retained_until
        failed_reason
    composites: [sample_id*] [unit_id] [date*] sub_mass_g
    element_carbon: [report_no*] [sample_id*] [unit_id*] fuel* month* sample_month lab_id lab_name cma_no cnas_no
        lab_sample_no received_on tested_on tested_to issued_on sample_mass_g c_ad_pct c_d_pct c_ar_pct m_ad_pct
        m_ar_pct h_ad_pct st_ad_pct a_ad_pct v_ad_pct fc_ad_pct n_ad_pct hydrogen_includes_moisture qgr_ad_mj_per_kg
        qnet_ar_mj_per_kg method_c method_q seal_ok verify_result file_sha256
    calorific_value: [sample_id*] [unit_id*] fuel* date* tested_by tested_on qgr_ad_mj_per_kg qnet_ar_mj_per_kg*
        m_ad_pct m_ar_pct h_ad_pct st_ad_pct a_ad_pct v_ad_pct
    power_output: [unit_id*] [month*] generation_mwh* supply_mwh self_use_mwh heat_self_use_mwh total_self_use_mwh
        heat_gj heat_ratio_pct operating_hours load_factor_pct
    electricity: [unit_id] [scope] [scope_id] [month*] [source*] [meter_point] on_grid_mwh purchased_mwh read_from
        read_to
    energy_use: [unit_id] [scope] [scope_id] [month*] [fuel*] [source*] [period] stock_begin purchased sold other_use
        adjustment stock_end consumed consumed_tce tce_factor
    declarations: [unit_id*] [month*] [fuel*] [version] {FUEL_FIGURES}
    declared_output: [unit_id*] [month*] [version] stage {OUTPUT_BEFORE} combustion_tco2 unit_tco2 {OUTPUT_AFTER}
        purchased_mwh {BIOMASS}
    declared_year: [unit_id*] [year*] [fuel] [version] {FUEL_FIGURES} {OUTPUT_BEFORE} unit_tco2 {OUTPUT_AFTER}
        {BIOMASS}
    declared_totals: [year*] [version] total_tco2 report_no submitted_on stage
    filings: entity_id* [kind] [month*] [version] filed_on* due_on returned_on returned_by reason sha256
    entities: entity_id* entity_name* province* city county sector industry_code listed_from listed_to
        previous_year_tco2 group_name
    identifiers: [unit_id] [system*] [external_id*] valid_from valid_to
    coal_receipts: [batch_id*] date* supplier mine coal_rank net_t weighed_by m_ar_pct a_ad_pct v_ad_pct st_ad_pct
        qnet_ar_mj_per_kg qgr_ad_mj_per_kg c_ad_pct transport_doc
    heat_supply: [unit_id] [scope] [scope_id] [month*] [stream*] medium* mass_t pressure_mpa pressure_basis
        temperature_c enthalpy_kj_per_kg return_mass_t return_temperature_c makeup_mass_t makeup_temperature_c
        drain_enthalpy_kj_per_kg heat_gj settled_gj metering_side consumer internal_use
    power_daily: [unit_id*] [date*] generation_mwh heat_gj operating_hours starts main_steam_t
        main_steam_enthalpy_kj_per_kg feedwater_enthalpy_kj_per_kg reheat_steam_t reheat_enthalpy_rise_kj_per_kg
        boiler_heat_gj
    outages: [unit_id*] [from*] to kind start_type ignition
    meters: [meter_id*] unit_id scope scope_id kind* [calibrated_on*] [event] accuracy_class required_accuracy_pct
        accuracy_pct due_on certificate_no calibrated_by
    meter_readings: [meter_id*] [month*] reading_begin reading_end multiplier read_from read_to
    laboratories: [lab_id*] lab_name credit_code province [scheme*] [certificate_no*] [valid_from*] valid_to*
        scope_items
    gas_tests: [sample_id*] [unit_id*] fuel* month* [component*] mole_pct* carbon_tc_per_1e4nm3 ncv_gj_per_1e4nm3
        volume_state
    retests: [sample_id*] [lab_id*] [tested_on*] c_ad_pct c_d_pct qgr_ad_mj_per_kg method
    verifications: [year*] verifier_id verifier_name verifier_province preparer_id preparer_name preparer_province
        grade team_leader members contract_on documents_on onsite_from onsite_to nc_issued_on nc_closed_on report_on
        due_on report_no nc_count
    control_plan: [unit_id] [parameter*] [version*] valid_from* valid_to filed_on source method frequency meter_id
        required_accuracy_pct lab_id missing_data_treatment department
    attachments: [unit_id] [scope] [scope_id] [month] [kind*] [file_name*] sha256 pages stamped received_on
    energy_monitoring: [unit_id] [scope] [scope_id] [date*] [item*] consumed unit_of_measure completeness_pct
    cems: unit_id [stack_id*] [hour*] co2_pct o2_pct moisture_pct temperature_c pressure_kpa flow_nm3_per_h co2_t
        gross_load_mw flag
    roster: entity_id* [year*] listed_reason previous_year_tco2
    compliance: [year*] due_t surrendered_t ccer_t as_of reason
    tipoffs: entity_id* [received_on*] [topic]
    inspectors: [inspector*] office conflict_entity_ids
    bans: [name] [credit_code] [from*] to
"""
DECLARED = {"declarations", "declared_output", "declared_year", "declared_totals"}
EXACT_DIGITS = DECLARED | {"element_carbon", "calorific_value", "energy_use", "fuel_use"}

TITLES = """
    units 机组信息 fuel_use 化石燃料消耗 fuel_samples 采样制样送样 composites 缩分合样 element_carbon 元素碳检测
    calorific_value 发热量检测 power_output 生产数据(台账) electricity 电量互证 energy_use 用能互证
    declarations 填报数据 declared_output 填报产出数据 declared_year 年度填报 declared_totals 填报汇总
    filings 填报记录 entities 重点排放单位 identifiers 编号对照 coal_receipts 入厂煤 heat_supply 供热台账
    power_daily 生产日报 outages 启停记录 meters 计量器具 meter_readings 表码 laboratories 检测机构资质
    gas_tests 气体组分 retests 留样复测 verifications 核查记录 control_plan 数据质量控制方案
    attachments 存证附件 energy_monitoring 能耗在线 cems 烟气连续监测 roster 名录 compliance 清缴
    tipoffs 投诉举报 inspectors 检查人员 bans 禁业名单
""".split()

# Words of the contract: list, code, spelling.
WORDS = """
    fuels: 燃煤=coal 原煤=coal 煤矸石=gangue 煤泥=slime 水煤浆=coal_water_slurry 天然气=natural_gas 柴油=diesel
        燃料油=fuel_oil 原油=crude_oil 汽油=gasoline 煤油=kerosene 其他石油制品=other_petroleum 液化石油气=lpg
        液化天然气=lng 炼厂干气=refinery_gas 煤焦油=coal_tar 焦炉煤气=coke_oven_gas 高炉煤气=blast_furnace_gas
        转炉煤气=converter_gas 其他煤气=other_gas
    fuel_categories: 燃煤=coal 燃气=gas 燃油=oil 其他=other
    boiler_types: 煤粉炉=pulverised 循环流化床=cfb W火焰炉=w_flame 层燃炉=stoker 余热锅炉=hrsg 其他=other
    steam_classes: 超超临界=ultra_supercritical 超临界=supercritical 亚临界=subcritical 超高压=ultra_high 高压=high
        次高压=sub_high 中压=medium
    cooling_types: 水冷=water 空冷=air 背压=back_pressure 无=none
    measured_by: 皮带秤=belt_scale 给煤机=feeder 流量计=meter 汽车衡=truck_scale 轨道衡=rail_scale 油位=tank_gauge
        结算=invoice 购销存=stock_balance
    metering_points: 入炉=furnace 上仓=bunker 入厂=received
    sample_kinds: 日样=daily 月混合样=monthly_composite 批次样=batch
    sampling_modes: 机械采样=mechanical 人工采样=manual
    testers: 自测=own 委托检测=third_party
    electricity_sources: 电网公司=grid_company 结算单=settlement 发票=invoice
    energy_sources: 统计报表=statistics 在线监测=online_monitoring 购销存台账=stock_ledger
    energy_periods: 当月=month 累计=year_to_date
    carbon_sources: 实测=measured 缺省值=default
    filing_kinds: 月度存证=monthly 年报=annual 质控方案=plan
    identifier_systems: 用电户号=grid_account 排污许可证编号=pollution_permit 统计单位代码=statistics 排口编号=stack
    pressure_bases: 表压=gauge 绝压=absolute
"""

# Enumerations of the contract: every code of the list; a `+` says that the list may hold more.
CODES = """
    unit_classes: coal_gt300 coal_le300 coal_unconventional gas
    unit_statuses: running standby mothballed retired
    volume_states: 0C 20C
    verify_results: match mismatch not_offered
    stages: initial after_document_review final
    consumption_sources: furnace balance
    carbon_modes: daily batch monthly_composite
    coal_ranks: bituminous lignite anthracite meagre washed_middlings +
    providers: entity grid statistics_bureau energy_platform laboratory department
    scopes: unit group site entity
    authority_levels: city province nation
    identifier_systems: grid_account pollution_permit statistics energy_monitoring stack
    heat_media: steam hot_water
    metering_sides: source network user
    start_types: cold warm hot
    ignition_types: oil micro_oil plasma
    meter_kinds: belt_scale feeder gas_meter electricity_meter heat_meter +
    lab_schemes: CMA CNAS
    attachment_kinds: fuel_ledger ncv_ledger carbon_report sampling_slip courier contract invoice output_ledger
        heat_calc calibration efficiency_test
    cems_flags: normal maintenance fault stopped substituted
    compliance_reasons: account_seized deregistered insufficient dispute
"""
RANKS = "烟煤=bituminous 褐煤=lignite 无烟煤=anthracite 贫煤=meagre 洗中煤=washed_middlings"

# One of the first unit in the unit of the contract, both in any spelling.
CONVERSIONS = """
    kcal/kg = 0.0041868 MJ/kg; kcal_per_kg = 0.0041868 GJ/t; GJ/t = 1 MJ/kg; kJ/kg = 0.001 MJ/kg; J/g = 0.001 MJ/kg;
    kWh = 0.001 MWh; 万kWh = 10 MWh; 万千瓦时 = 10 MWh; GWh = 1000 MWh; 兆瓦时 = 1 MWh; 千瓦时 = 0.001 MWh;
    kg = 0.001 t; kg = 1000 g; kt = 1000 t; 千吨 = 1000 t; 万t = 10000 t; 万吨 = 10000 t; 吨 = 1 t; g = 0.001 kg;
    MJ = 0.001 GJ; 百万kJ = 1 GJ; 吉焦 = 1 GJ; m³ = 0.0001 10^4 Nm3; 10⁴m³ = 1 10^4 Nm3; 10⁴ Nm³ = 1 10^4 Nm3;
    10^4m3 = 1 10^4 Nm3; 万m³ = 1 10^4 Nm3; 万立方米 = 1 10^4 Nm3; fraction = 100 %; pct = 1 %; 万千瓦 = 10 MW;
    kW = 0.001 MW; tce/MWh = 1000 g/kWh; kgce/GJ = 0.001 tce/GJ; tC/TJ = 0.001 tC/GJ; days = 24 h; 小时 = 1 h;
    MJ/m3 = 10 GJ/10^4 Nm3; kcal/m3 = 0.041868 GJ/10^4 Nm3; kgC/m3 = 10 tC/10^4 Nm3; kgce/m3 = 10 tce/10^4 Nm3
"""


def fold(text: str) -> str:
    """A spelling without regard to width, case and space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def sections(text: str) -> dict[str, list[str]]:
    """The words of a text under their headings, which end in a colon."""
    found: dict[str, list[str]] = {}
    for word in text.split():
        if word.endswith(":"):
            words = found[word[:-1]] = []
        else:
            words.append(word)
    return found


def read(name: str, top: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((RULES / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[top]
    return found


def load_tables() -> dict[str, dict[str, Any]]:
    tables = read("common/tables.yaml", "tables")
    for name, table in (one for part in POWER_TABLES for one in read(part, "tables").items()):
        if table.get("extends"):
            assert set(table) == {"extends", "fields"}
            assert not set(table["fields"]) & set(tables[name]["fields"])
            tables[name]["fields"].update(table["fields"])
        else:
            assert name not in tables
            tables[name] = table
    return tables


def load_codes() -> dict[str, dict[str, Any]]:
    lists: dict[str, dict[str, Any]] = {}
    for name in ("common/codes.yaml", "power/codes.yaml", "power/fuels.yaml"):
        more = read(name, "codes")
        assert not set(more) & set(lists)
        lists.update(more)
    return lists


CONTRACT = sections(COLUMNS)
TABLES = load_tables()
CODE_LISTS = load_codes()
UNITS = read("common/units.yaml", "units")
FIELDS = [(table, name, field) for table, entry in TABLES.items() for name, field in entry["fields"].items()]


def clashes(spellings: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Folded spellings that have more than one owner."""
    owners: dict[str, set[str]] = {}
    for spelling, owner in spellings:
        owners.setdefault(fold(spelling), set()).add(owner)
    return {spelling: found for spelling, found in owners.items() if len(found) > 1}


def find_unit(spelling: str) -> str:
    matches = {name for name, unit in UNITS.items() if fold(spelling) in map(fold, (name, *unit.get("aliases", ())))}
    (name,) = matches
    return name


def test_tables_are_those_of_the_contract() -> None:
    assert set(TABLES) == set(CONTRACT)
    titles = {name: table["title"]["zh"] for name, table in TABLES.items()}
    assert titles == dict(zip(TITLES[::2], TITLES[1::2], strict=True))


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_key_and_columns(name: str) -> None:
    table, expected = TABLES[name], CONTRACT[name]
    assert table["key"] == [column.strip("[]*") for column in expected if column.startswith("[")]
    first = [] if "entity_id*" in expected else ["entity_id"]
    last = [] if name in DECLARED | {"units"} else ["provided_by"]
    found = [column + "*" * bool(field.get("required")) for column, field in table["fields"].items()]
    assert found == first + [column.strip("[]") for column in expected] + last


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_owner_and_month(name: str) -> None:
    table, columns = TABLES[name], set(TABLES[name]["fields"])
    assert (table["owner"] == "scope") == ({"scope", "scope_id"} <= columns)
    assert ("unit_id" in columns) == (table["owner"] in {"unit", "scope"})
    assert table["owner"] in {"unit", "scope", "entity", "none"}
    assert table.get("month") or not {"month", "date", "year"} & columns


def test_months_run_and_give_the_first_day() -> None:
    types = {"str": "VARCHAR", "date": "DATE", "month": "DATE", "f64": "DOUBLE", "i64": "BIGINT", "bool": "BOOLEAN"}
    values = {"date": "DATE '2025-03-17'", "month": "DATE '2025-03-01'", "str": "'2025-03-17 05:00'", "i64": "2025"}
    with duckdb.connect() as connection:
        for name, table in TABLES.items():
            if not table.get("month"):
                continue
            row = ", ".join(
                f'CAST({values.get(field["type"], "NULL")} AS {types[field["type"]]}) AS "{column}"'
                for column, field in table["fields"].items()
            )
            found = connection.execute(f"SELECT {table['month']} FROM (SELECT {row})").fetchall()
            assert str(found[0][0]) == ("2025-01-01" if "year" in table["fields"] else "2025-03-01"), name


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_headers_fit_one_field(name: str) -> None:
    spellings = [
        (spelling, column)
        for column, field in TABLES[name]["fields"].items()
        for spelling in (column, *field["title"].values(), *field.get("aliases", ()))
    ]
    assert clashes(spellings) == {}


def test_sheet_names_fit_one_table() -> None:
    spellings = [
        (spelling, name)
        for name, table in TABLES.items()
        for spelling in (name, *table["title"].values(), *table.get("aliases", ()))
    ]
    assert clashes(spellings) == {}


def test_fields_are_complete() -> None:
    for table, name, field in FIELDS:
        where = f"{table}.{name}"
        assert field["type"] in {"str", "date", "month", "f64", "i64", "bool"}, where
        assert field["title"]["zh"].strip() and field["title"]["en"].strip(), where
        if "min" in field and "max" in field:
            assert field["min"] < field["max"], where
        assert field.get("data_code", "A") in set("ABCDEFGHIJKLMNOPQT"), where


def test_units_are_known() -> None:
    for table, name, field in FIELDS:
        unit = field.get("unit")
        if isinstance(unit, dict):
            assert TABLES[table]["fields"][unit["by"]]["codes"] == "fuels", f"{table}.{name}"
        for spelling in (unit["solid"], unit["gas"]) if isinstance(unit, dict) else (unit,):
            assert spelling is None or spelling in UNITS, f"{table}.{name}: {spelling}"


def test_suffix_of_a_column_names_its_unit() -> None:
    known = {fold(spelling) for name, unit in UNITS.items() for spelling in (name, *unit.get("aliases", ()))}
    for table, name, field in FIELDS:
        parts = name.split("_")
        suffixes = [tail for i in range(1, len(parts)) if (tail := "_".join(parts[i:])) in known]
        if field["type"] == "f64" and suffixes and name != "operating_hours" and isinstance(field["unit"], str):
            read, stored = UNITS[find_unit(suffixes[0])], UNITS[field["unit"]]
            assert (read["to"], read["factor"]) == (stored["to"], stored["factor"]), f"{table}.{name}"


def test_printed_decimals_are_kept() -> None:
    for table, name, field in FIELDS:
        if table in EXACT_DIGITS:
            assert bool(field.get("keep_decimals")) == (field["type"] == "f64"), f"{table}.{name}"


def test_unit_spellings_and_dimensions() -> None:
    spellings = [(spelling, name) for name, unit in UNITS.items() for spelling in (name, *unit.get("aliases", ()))]
    assert clashes(spellings) == {}
    for name, unit in UNITS.items():
        base = UNITS[unit["to"]]
        assert base["to"] == unit["to"] and base["factor"] == 1 and unit["factor"] > 0, name
        assert base["dimension"] == unit["dimension"], name
    bases = {unit["dimension"]: unit["to"] for unit in UNITS.values()}
    assert all(unit["to"] == bases[unit["dimension"]] for unit in UNITS.values())


def test_conversions_are_exact() -> None:
    for line in CONVERSIONS.split(";"):
        given, right = line.split(" = ")
        factor, wanted = right.strip().split(" ", 1)
        source, target = UNITS[find_unit(given)], UNITS[find_unit(wanted)]
        assert source["dimension"] == target["dimension"], line
        assert source["factor"] / target["factor"] == float(factor), line


def test_code_lists_exist_and_are_used() -> None:
    used = {field["codes"] for _, _, field in FIELDS if "codes" in field}
    assert used == set(CODE_LISTS)
    for table, name, field in FIELDS:
        if "codes" in field and "default" in field:
            assert field["default"] in CODE_LISTS[field["codes"]], f"{table}.{name}"


@pytest.mark.parametrize("name", sorted(CODE_LISTS))
def test_words_mean_one_code(name: str) -> None:
    entries = CODE_LISTS[name]
    spellings = [(word, code) for code, entry in entries.items() for word in (code, *entry.get("words", ()))]
    assert clashes(spellings) == {}
    for code, entry in entries.items():
        assert entry["title"]["zh"].strip() and entry["title"]["en"].strip(), code
        assert fold(entry["title"]["zh"]) in {fold(word) for word in entry["words"]}, code


def test_words_of_the_contract() -> None:
    for listing, words in sections(WORDS).items():
        for word, code in (entry.split("=") for entry in words):
            assert word in CODE_LISTS[listing][code]["words"], f"{listing}: {word}"


def test_enumerations_of_the_contract() -> None:
    for name, codes in sections(CODES).items():
        more = set(CODE_LISTS[name]) - set(codes)
        assert set(codes) - {"+"} <= set(CODE_LISTS[name]) and bool(more) == ("+" in codes), name


def test_coal_ranks_come_with_the_fuel() -> None:
    also = read("power/fuels.yaml", "also")["fuels"]
    taken = {fold(word) for code, fuel in CODE_LISTS["fuels"].items() for word in (code, *fuel["words"])}
    for word, entry in also.items():
        assert fold(word) not in taken
        assert entry["code"] == "coal" and entry["set"]["coal_rank"] in CODE_LISTS["coal_ranks"]
    assert all(also[word]["set"]["coal_rank"] == rank for word, rank in (pair.split("=") for pair in RANKS.split()))


def test_fuels_have_a_state() -> None:
    gases = {name for name, fuel in CODE_LISTS["fuels"].items() if fuel["state"] == "gas"}
    assert gases == {"natural_gas", "coke_oven_gas", "blast_furnace_gas", "converter_gas", "other_gas"}
    assert {fuel["state"] for fuel in CODE_LISTS["fuels"].values()} == {"solid", "gas"}


def test_sector_files() -> None:
    paths = {name: RULES / name / "sector.yaml" for name in ("common", "power")}
    sectors = {name: yaml.safe_load(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    assert all(sector["id"] == name and sector["version"] == "2026.1" for name, sector in sectors.items())
    unit = TABLES["units"]["fields"]
    for column, value in sectors["power"]["example_unit"].items():
        assert "codes" not in unit[column] or value in CODE_LISTS[unit[column]["codes"]], column
    assert set(sectors["power"]["totals"]) >= {"view", "declared", "recalculated"}
