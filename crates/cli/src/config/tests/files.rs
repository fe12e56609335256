//! Bad files, and what is kept.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::super::file::judge;
use super::super::paths::last_good_path;
use super::super::*;
use super::home::{Home, daemon};

/// The first thing that is wrong.
fn wrong(text: &str) -> String {
    let judged = judge(text);
    assert!(judged.config.is_none(), "accepted: {text}");
    judged.errors.first().unwrap().to_string()
}

/// A file, and part of what is said about it.
const BAD: &[(&str, &str)] = &[
    ("", "the file is empty"),
    ("  // nothing\n", "the file is empty"),
    ("{ gateway: { port: 1", "1:12: not readable as JSON5"),
    (
        "{ gateway: { port: 1, port: 2 } }",
        "1:23: gateway.port: stands twice, first in line 1",
    ),
    (
        "{\n  gatway: {}\n}",
        "2:3: gatway: unknown key, did you mean \"gateway\"?",
    ),
    ("{ gateway: { prot: 1 } }", "did you mean \"gateway.port\"?"),
    ("{ port: 1 }", "did you mean \"gateway.port\"?"),
    (
        "{ gateway: { trustedProxies: [] } }",
        "unknown key; known here: mode, port",
    ),
    (
        "{ gateway: { port: \"18789\" } }",
        "1:20: gateway.port: expected a whole number, found a string",
    ),
    (
        "{ gateway: { port: Infinity } }",
        "1:20: gateway.port: not a finite number",
    ),
    (
        "{ gateway: { port: -NaN } }",
        "1:20: gateway.port: not a finite number",
    ),
    (
        "{ gateway: { port: 0x1FFFFFFFFFFFFFFFFF } }",
        "gateway.port: not a finite number that can be held",
    ),
    (
        "{ gateway: { port: 1e999 } }",
        "gateway.port: not a finite number that can be held",
    ),
    (
        "{ gateway: { port: 1.5 } }",
        "gateway.port: expected a whole number",
    ),
    (
        "{ gateway: { port: 70000 } }",
        "gateway.port: out of range: 0 to 65535",
    ),
    (
        "{ gateway: { port: null } }",
        "gateway.port: expected a whole number, found null",
    ),
    (
        "{ gateway: { mode: \"remote\" } }",
        "gateway.mode: expected one of local",
    ),
    ("{ gateway: { bind: \"lam\" } }", "did you mean \"lan\"?"),
    (
        "{ gateway: { bind: \"custom\" } }",
        "1:14: gateway.bind: \"custom\" needs gateway.customBindHost",
    ),
    (
        "{ gateway: { auth: { token: 5 } } }",
        "gateway.auth.token: expected {\"env\": \"NAME\"}",
    ),
    (
        "{ gateway: { auth: { token: { env: 5 } } } }",
        "gateway.auth.token: expected {\"env\": \"NAME\"}",
    ),
    (
        "{ gateway: { auth: { token: { env: \"A\", file: \"b\" } } } }",
        "gateway.auth.token: expected",
    ),
    (
        "{ gateway: { auth: { token: \"\" } } }",
        "gateway.auth.token: expected",
    ),
    (
        "{ gateway: { controlUi: { allowedOrigins: [\"*\"] } } }",
        "gateway.controlUi.allowedOrigins.0: expected http",
    ),
    (
        "{ gateway: [] }",
        "gateway: expected an object {…}, found a list",
    ),
    ("[]", "expected an object {…}, found a list"),
    (
        "{ agents: { list: [{ name: \"x\" }] } }",
        "agents.list.0.id: missing",
    ),
    (
        "{ agents: { list: [{ id: \"a\" }, { id: \"a\" }] } }",
        "agents.list.1.id: another agent has this id",
    ),
    (
        "{ agents: { list: [{ id: \"A b\" }] } }",
        "agents.list.0.id: a lower-case letter",
    ),
    (
        "{ agents: { defaults: { thinkingDefault: \"ultra\" } } }",
        "expected one of off, minimal",
    ),
    (
        "{ agents: { defaults: { model: { primary: \"gpt\" } } } }",
        "expected provider/model",
    ),
    (
        "{ agents: { defaults: { model: { primary: \"x/gpt\" } } } }",
        "there is no provider \"x\": add models.providers.x",
    ),
    (
        "{ models: { providers: { x: { api: \"openai\" } } } }",
        "models.providers.x.baseUrl: missing",
    ),
    (
        "{ models: { providers: { x: { api: \"openai\", baseUrl: \"http://u:p@h\" } } } }",
        "no user or password in a URL",
    ),
    (
        "{ models: { providers: { \"a/b\": { api: \"openai\", baseUrl: \"http://h\" } } } }",
        "a provider's name has",
    ),
    (
        "{ messages: { queue: { cap: 0 } } }",
        "messages.queue.cap: out of range: 1 to 1000",
    ),
    (
        "{ messages: { ackReaction: \"\" } }",
        "messages.ackReaction: too short: at least 1 character",
    ),
    (
        "{ messages: { ackReactionScope: \"group-mention\" } }",
        "did you mean \"group-mentions\"?",
    ),
    (
        "{ logging: { file: \"here.log\" } }",
        "must be an absolute path",
    ),
    ("{ a: 1 b: 2 }", "not readable as JSON5"),
    ("{} {}", "not readable as JSON5"),
];

#[test]
fn bad_files() {
    for (text, expected) in BAD {
        let found = wrong(text);
        assert!(
            found.contains(expected),
            "{text}\n  said   {found}\n  wanted {expected}"
        );
    }
    let deep = "[".repeat(600);
    assert!(wrong(&deep).contains("nesting"), "{}", wrong(&deep));
}

#[test]
fn no_message_shows_a_value() {
    let text = "{ gateway: { auth: { token: { env: [\"canary\"] } }, port: \"canary\", mode: \"canary\" }, x: \"canary\" }";
    let all: String = judge(text).errors.iter().map(ToString::to_string).collect();
    assert_eq!(judge(text).errors.len(), 4, "{all}");
    assert!(!all.contains("canary"), "{all}");
}

#[test]
fn json5_is_read_in_full() {
    let text = "\u{feff}// comment\n{ 'gateway': { port: +0x10, \"bind\": 'l\\x61n', }, agents: { defaults: { timeoutSeconds: 5e1, }, }, }";
    // 5e1 is a number with a fraction's form: only whole numbers are whole numbers.
    assert!(wrong(text).contains("agents.defaults.timeoutSeconds: expected a whole number"));
    let config = judge(&text.replace("5e1", "50")).config.unwrap();
    assert_eq!((config.gateway.port, config.gateway.bind), (16, Bind::Lan));
    assert_eq!(config.agents.defaults.timeout_seconds, 50);
    assert_eq!(judge("{}").config.unwrap(), Config::default());
    assert_eq!(
        judge(template::FIRST_FILE).config.unwrap(),
        Config::default()
    );
}

#[test]
fn the_examples_of_the_first_file_are_valid() {
    for example in template::FIRST_FILE
        .split("\n\n")
        .filter(|part| part.contains("// models: {"))
    {
        let bare: String = example
            .lines()
            .map(|line| line.trim_start().trim_start_matches("// "))
            .skip_while(|line| !line.starts_with("models: {"))
            .collect::<Vec<_>>()
            .join("\n");
        let judged = judge(&format!("{{\n{bare}\n}}"));
        assert!(judged.errors.is_empty(), "{bare}\n{:?}", judged.errors);
        assert_eq!(judged.config.unwrap().models.providers.len(), 1);
    }
}

#[test]
fn newer_keys_are_kept_ignored_and_reported() {
    let text = "{ gateway: { future: { x: 1 } }, tomorrow: 1, meta: { newerKeys: [\"gateway.future\"], lastTouchedVersion: \"9\" } }";
    assert!(wrong(text).contains("tomorrow: unknown key"));
    let judged = judge(&text.replace("tomorrow: 1, ", ""));
    assert!(judged.config.is_some());
    assert!(
        judged.warnings[0]
            .to_string()
            .contains("gateway.future: written by a newer version")
    );
}

#[test]
fn files_that_cannot_be_used() {
    let home = Home::new();
    let path = home.state().join("tidegate.json");
    let fails = |expected: &str| {
        let error = home.load(&[], &daemon()).unwrap_err().to_string();
        assert!(
            error.contains(expected) && error.contains("tidegate config validate"),
            "{error}"
        );
    };
    std::os::unix::fs::symlink("/nowhere/at/all", &path).unwrap();
    fails("a link to nothing");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fails("not a file");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, b"\xff\xfe{\0}\0").unwrap();
    fails("not UTF-8");
    fs::write(&path, "{}").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    fails("anybody may write this file: chmod 600");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, " ".repeat(2 * 1024 * 1024)).unwrap();
    fails("larger than 1 MiB");
}

#[test]
fn the_last_good_file_is_the_safety_net() {
    let home = Home::new();
    assert_eq!(
        home.load(&[], &daemon()).unwrap().source,
        FileState::Missing
    );

    home.write("{ gateway: { prot: 1 } }");
    assert!(matches!(
        home.load(&[], &daemon()),
        Err(ConfigError::Invalid { .. })
    ));

    home.write("{ gateway: { port: 4242 } }");
    let good = home.load(&[], &daemon()).unwrap();
    // What is edited after the start has not been tried: the copy is of what was loaded.
    home.write("{ gateway: { port: 5 } }");
    good.remember_good().unwrap();
    let copy = last_good_path(&home.state());
    assert_eq!(
        fs::read_to_string(&copy).unwrap(),
        "{ gateway: { port: 4242 } }"
    );
    assert_eq!(
        fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );

    home.write("{ gateway: { prot: 1 } }");
    let loaded = home.load(&[], &daemon()).unwrap();
    let FileState::LastKnownGood { problem } = &loaded.source else {
        panic!("{:?}", loaded.source)
    };
    for part in [
        "1:14",
        "gateway.prot",
        "did you mean \"gateway.port\"",
        "tidegate config validate",
    ] {
        assert!(problem.contains(part), "{problem}");
    }
    assert_eq!(loaded.config.gateway.port, 4242);
    assert_eq!(loaded.issues.len(), 1);
    assert_eq!(
        loaded.provenance.source("gateway.port").to_string(),
        "last good file, line 1"
    );
    loaded.remember_good().unwrap();
    assert!(fs::read_to_string(&copy).unwrap().contains("4242"));

    fs::write(&copy, "{ broken").unwrap();
    assert!(matches!(
        home.load(&[], &daemon()),
        Err(ConfigError::Invalid { .. })
    ));
}

#[test]
fn the_first_file_is_written_once() {
    let home = Home::new();
    let loaded = home.load(&[], &daemon()).unwrap();
    assert!(loaded.write_first_file().unwrap());
    assert!(!loaded.write_first_file().unwrap());
    let mode = fs::metadata(&loaded.config_path)
        .unwrap()
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode, 0o600);
    assert_eq!(home.load(&[], &daemon()).unwrap().source, FileState::Valid);
    assert_eq!(
        fs::read_dir(home.state()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}
