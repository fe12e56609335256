//! `tidegate config`: what is in force, where it comes from, and whether the file is good. Reads
//! the file itself; no gateway is asked.

use serde_json::{Value, json};

use crate::args::{ConfigCommand, Globals};
use crate::config::env::Environment;
use crate::config::explain::{Explained, NoSuchKey};
use crate::config::file::{Judged, judge, read};
use crate::config::{Loaded, Overrides, load, paths, schema};
use crate::exit::Exit;
use crate::output::{Failure, Screen};

/// Carries the command out.
///
/// # Errors
/// The configuration cannot be used, or there is no such key.
pub(crate) fn run(
    globals: &Globals,
    screen: &Screen,
    command: &ConfigCommand,
) -> anyhow::Result<Exit> {
    if matches!(command, ConfigCommand::Schema) {
        screen.print(&schema::schema_text())?;
        return Ok(Exit::Done);
    }
    let overrides = Overrides {
        profile: globals.profile.clone(),
        ..Overrides::default()
    };
    match command {
        ConfigCommand::Schema => {}
        ConfigCommand::Path => {
            let path = crate::config::paths::config_path(&overrides)?
                .display()
                .to_string();
            say(screen, globals.json, &json!({ "path": path }), &path)?;
        }
        ConfigCommand::Validate => return validate(globals, screen, &overrides),
        ConfigCommand::Get { path } => {
            let loaded = load(&overrides)?;
            let value = loaded
                .value_at(path.as_deref().unwrap_or_default())
                .map_err(|error| no_such_key(&error))?;
            let text = match &value {
                Value::String(text) => text.clone(),
                other => serde_json::to_string_pretty(other)?,
            };
            say(screen, globals.json, &value, &text)?;
        }
        ConfigCommand::Explain { path } => {
            let loaded = load(&overrides)?;
            explain(
                globals,
                screen,
                &loaded,
                path.as_deref().unwrap_or_default(),
            )?;
        }
    }
    Ok(Exit::Done)
}

fn say(screen: &Screen, as_json: bool, value: &Value, text: &str) -> anyhow::Result<()> {
    if as_json {
        screen.print(&format!("{}\n", serde_json::to_string_pretty(value)?))?;
    } else {
        screen.print(&format!("{text}\n"))?;
    }
    Ok(())
}

fn no_such_key(error: &NoSuchKey) -> Failure {
    Failure::new(Exit::Usage, error.to_string())
}

fn explain(globals: &Globals, screen: &Screen, loaded: &Loaded, path: &str) -> anyhow::Result<()> {
    let found = loaded.explain(path).map_err(|error| no_such_key(&error))?;
    let rows: Vec<Value> = found
        .iter()
        .map(
            |one| json!({ "path": one.path, "value": one.value, "source": one.source.to_string() }),
        )
        .collect();
    let mut text = if path.is_empty() {
        format!("file {}\n", loaded.config_path.display())
    } else {
        String::new()
    };
    let width = found.iter().map(|one| one.path.len()).max().unwrap_or(0);
    text.extend(found.iter().map(|one| line(one, width) + "\n"));
    for warning in &loaded.warnings {
        screen.note(&format!("warning: {}: {}", warning.path, warning.message));
    }
    say(screen, globals.json, &Value::Array(rows), text.trim_end())
}

/// `gateway.port   18789   (default)`
fn line(one: &Explained, width: usize) -> String {
    let path = &one.path;
    match &one.value {
        Value::Null => format!("{path:<width$}  not set  ({})", one.source),
        Value::String(text) if text.starts_with("set (") || text.starts_with("made at") => {
            format!("{path:<width$}  {text}")
        }
        value => format!("{path:<width$}  {value}  ({})", one.source),
    }
}

/// The file as it is, whatever would be in force: errors and warnings with their places.
fn validate(globals: &Globals, screen: &Screen, overrides: &Overrides) -> anyhow::Result<Exit> {
    let path = crate::config::paths::config_path(overrides)?;
    let shown = path.display();
    let judged = match read(&path) {
        Ok(None) => {
            let text = format!("{shown} does not exist: the defaults are in force");
            say(
                screen,
                globals.json,
                &json!({ "path": path, "exists": false, "valid": true, "errors": [], "warnings": [] }),
                &text,
            )?;
            return Ok(Exit::Done);
        }
        Ok(Some(text)) => {
            let env = Environment::of_process();
            judge(&text).placed_in(&env, &paths::state_dir(overrides, &env)?, &path)
        }
        Err(finding) => Judged {
            errors: vec![finding],
            ..Judged::default()
        },
    };
    let valid = judged.config.is_some();
    let rows = |findings: &[crate::config::finding::Finding]| -> Vec<Value> {
        findings
            .iter()
            .map(|finding| {
                let (line, column) = finding.at.unzip();
                json!({ "path": finding.path, "message": finding.message, "line": line, "column": column })
            })
            .collect()
    };
    let report = json!({
        "path": path,
        "exists": true,
        "valid": valid,
        "errors": rows(&judged.errors),
        "warnings": rows(&judged.warnings),
    });
    let mut text: Vec<String> = Vec::new();
    text.extend(
        judged
            .errors
            .iter()
            .map(|finding| format!("{shown}:{finding}")),
    );
    text.extend(
        judged
            .warnings
            .iter()
            .map(|finding| format!("{shown}:{finding} (warning)")),
    );
    text.push(if valid {
        format!("{shown} is valid")
    } else {
        format!("{shown} is invalid")
    });
    say(screen, globals.json, &report, &text.join("\n"))?;
    Ok(if valid { Exit::Done } else { Exit::Config })
}
