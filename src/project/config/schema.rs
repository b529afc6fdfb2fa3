//! The JSON schema of the configuration, for editors: draft 7, as SchemaStore asks for.
//!
//! Output: what [`keys`](super::keys) and [`kind`](super::kind) say, as a schema. It cannot say that
//! a part inherits keys of its table, so it asks for the keys that a binding needs only where there
//! are no parts.

use serde_json::{Map, Value, json};

use super::c_inputs::KEYS;
use super::check::CheckConfig;
use super::keys::{
    CHECK, IGNORED, PARTS, SCHEMA, TARGET, part_keys, schema_of, table_keys, target_keys,
};
use super::kind::{BIN, ROWS, Row};
use super::platform::Platform;

/// Where SchemaStore publishes it, by its rule for parts of pyproject.toml.
const ID: &str = "https://json.schemastore.org/partial-pygo-tools.json";

/// The definition of a table of `target` in a part.
const OF_A_PART: &str = "target-of-a-part";

/// The schema of `[tool.pygo-tools]` and of `config.json`.
pub fn config_schema() -> Value {
    let mut properties = editable(table_keys());
    let own = |name: &str, description: &str, schema: Value| {
        let mut schema = schema;
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), description.into());
        }
        (name.to_owned(), schema)
    };
    properties.extend([
        own(
            PARTS,
            "The parts of a wheel: each a library with its extension, a library alone, or a program. \
             The other keys of the table are their defaults",
            json!({ "type": "array", "minItems": 1, "items": part() }),
        ),
        own(
            TARGET,
            "Keys for one target or system: `linux-arm64`, `windows`",
            table(Platform::all().into_iter().map(of_system).collect()),
        ),
        own(
            CHECK,
            "How `pygo check` judges the wheels of the project",
            table(editable(schema_of::<CheckConfig>())),
        ),
        own(IGNORED, "Has no effect: pygo-tools 0.1.8 read it", json!({})),
        own(SCHEMA, "The schema of this file, for editors", json!({})),
    ]);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": ID,
        "title": "pygo-tools",
        "description": "Python wheels around Go code: [tool.pygo-tools] of pyproject.toml, or \
                        config.json next to setup.py",
    });
    if let (Value::Object(schema), Value::Object(own)) = (&mut schema, table(properties)) {
        schema.extend(own);
        let systems = Platform::all().into_iter().filter(|platform| platform.is_whole_system());
        let tables = systems.map(|platform| (table_of(platform), target(platform, &target_keys())));
        let of_a_part = (OF_A_PART.to_owned(), table(known(&part_keys())));
        let definitions = tables.chain([of_a_part]).collect();
        schema.insert("definitions".to_owned(), Value::Object(definitions));
        let kinds: Vec<_> = ROWS.iter().map(|row| kind(row, true)).collect();
        schema.insert("if".to_owned(), json!({ "required": [PARTS] }));
        schema.insert("else".to_owned(), json!({ "allOf": kinds }));
    }
    schema
}

/// A table with `properties`, and no others.
fn table(properties: Map<String, Value>) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

/// A table of `parts`.
fn part() -> Value {
    let mut properties = known(&part_keys());
    // A part has no key that only some systems have.
    let of = |platform: Platform| {
        (platform.to_string(), json!({ "$ref": format!("#/definitions/{OF_A_PART}") }))
    };
    properties.insert(TARGET.to_owned(), table(Platform::all().into_iter().map(of).collect()));
    let mut part = table(properties);
    let kinds: Vec<_> = ROWS.iter().map(|row| kind(row, false)).collect();
    if let Value::Object(part) = &mut part {
        part.insert("allOf".to_owned(), kinds.into());
    }
    part
}

/// The keys of the table itself, in another table.
fn known(keys: &Map<String, Value>) -> Map<String, Value> {
    let of = |key: &String| (key.clone(), json!({ "$ref": format!("#/properties/{key}") }));
    keys.keys().map(of).collect()
}

/// The table of `target` for `platform`, which may have those of `keys` that the platform has.
fn target(platform: Platform, keys: &Map<String, Value>) -> Value {
    let mut properties = known(keys);
    properties.retain(|key, _| platform.has_no(key).is_none());
    table(properties)
}

/// The name of the definition for the system of `platform`.
fn table_of(platform: Platform) -> String {
    format!("target-{}", platform.system())
}

/// The table of `target` for `platform`, which is that of its system.
fn of_system(platform: Platform) -> (String, Value) {
    let name = format!("#/definitions/{}", table_of(platform));
    (platform.to_string(), json!({ "$ref": name }))
}

/// The rules for a table of keys that describes the kind of `row`.
fn kind(row: &Row, is_complete: bool) -> Value {
    let named =
        json!({ "properties": { "binding": { "const": row.name } }, "required": ["binding"] });
    let has = |key: &str| json!({ "required": [key] });
    let implied = match (row.name, is_complete) {
        (BIN, _) => json!({ "not": has("binding"), "required": ["program"] }),
        ("cffi", true) => json!({ "not": { "anyOf": [has("binding"), has("program")] } }),
        _ => json!(false),
    };
    let refused: Vec<_> = row.refused.iter().map(|key| has(key)).collect();
    let mut all = vec![json!({ "not": { "anyOf": refused } })];
    if !row.refused.contains(&"link") {
        // An extension module that contains the library leaves it no file.
        let one_file = json!({ "properties": { "link": { "const": "static" } } });
        all.push(json!({ "not": { "allOf": [one_file, has("link"), has("library-file")] } }));
    }
    if is_complete && row.name == BIN {
        let cgo = json!({ "properties": { "cgo": { "const": true } }, "required": ["cgo"] });
        let without = json!({ "not": { "anyOf": KEYS.map(has) } });
        all.push(json!({ "anyOf": [cgo, without] }));
    }
    if is_complete {
        all.extend(row.required.iter().map(|key| has(key)));
        if !row.refused.contains(&"signatures") {
            // Signatures that are all blank declare nothing.
            let blank = json!({ "contains": { "pattern": r"\S" } });
            let properties = json!({ "properties": { "signatures": blank } });
            let absent = json!({ "not": has("signatures") });
            all.push(json!({ "anyOf": [has("cdef"), absent, properties] }));
        }
    }
    json!({ "if": { "anyOf": [named, implied] }, "then": { "allOf": all } })
}

/// `keys` with descriptions and defaults as editors show them.
fn editable(keys: Map<String, Value>) -> Map<String, Value> {
    let of = |(name, mut schema): (String, Value)| {
        if let Value::Object(schema) = &mut schema {
            edit(schema);
        }
        (name, schema)
    };
    keys.into_iter().map(of).collect()
}

fn edit(schema: &mut Map<String, Value>) {
    // An absent key is `None` in Rust; neither format has a null for it.
    if let Some(Value::Array(types)) = schema.get("type").cloned()
        && let [of, _] = types.as_slice()
    {
        schema.insert("type".to_owned(), of.clone());
    }
    schema.shift_remove("default");
    let Some(Value::String(default)) = schema.shift_remove("x-default") else { return };
    let plain = default.trim_matches('`');
    let is_value =
        schema.get("enum").and_then(Value::as_array).is_some_and(|of| of.contains(&plain.into()));
    if is_value {
        schema.insert("default".to_owned(), plain.into());
    } else if schema.get("type") == Some(&"boolean".into()) {
        schema.insert("default".to_owned(), (plain == "true").into());
    } else if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = format!("{}. Default: {default}", text.replace('\n', " "));
    }
}
