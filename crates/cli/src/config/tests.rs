//! Bad files, layers, secrets, and what is kept.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::env::Environment;
use super::file::judge;
use super::load::load_with;
use super::paths::last_good_path;
use super::*;

struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(".tidegate")).unwrap();
        Self { dir }
    }

    fn state(&self) -> std::path::PathBuf {
        self.dir.path().join(".tidegate")
    }

    fn write(&self, text: &str) {
        fs::write(self.state().join("tidegate.json"), text).unwrap();
    }

    fn load(&self, pairs: &[(&str, &str)], overrides: &Overrides) -> Result<Loaded, ConfigError> {
        let mut all = vec![("HOME", self.dir.path().to_str().unwrap())];
        all.extend_from_slice(pairs);
        load_with(overrides, &Environment::of(&all))
    }
}

fn daemon() -> Overrides {
    Overrides {
        for_daemon: true,
        ..Overrides::default()
    }
}

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

#[test]
fn layers() {
    let home = Home::new();
    home.write("{\n  gateway: { port: 1111, auth: { token: { env: \"MINE\" } } }\n}");
    let env = [
        ("MINE", "from-mine"),
        ("TIDEGATE_GATEWAY_PORT", "2222"),
        ("CLAWDBOT_GATEWAY_TOKEN", "from-env"),
    ];
    let source = |loaded: &Loaded, path: &str| loaded.provenance.source(path).to_string();

    let file = home.load(&env[..1], &daemon()).unwrap();
    assert_eq!(
        (
            file.config.gateway.port,
            source(&file, "gateway.port").as_str()
        ),
        (1111, "file, line 2")
    );
    assert_eq!(file.secrets.token.as_ref().unwrap().expose(), "from-mine");
    assert_eq!(source(&file, "gateway.bind"), "default");

    let over = home.load(&env, &daemon()).unwrap();
    assert_eq!(
        (
            over.config.gateway.port,
            source(&over, "gateway.port").as_str()
        ),
        (2222, "env TIDEGATE_GATEWAY_PORT")
    );
    assert_eq!(over.secrets.token.as_ref().unwrap().expose(), "from-env");

    let flags = Overrides {
        port: Some(3333),
        bind: Some(Bind::Lan),
        token: Some(tidegate_core::Secret::new("from-flag".into())),
        ..daemon()
    };
    let flagged = home.load(&env, &flags).unwrap();
    assert_eq!(
        (
            flagged.config.gateway.port,
            source(&flagged, "gateway.port").as_str()
        ),
        (3333, "argument --port")
    );
    assert_eq!(
        flagged.secrets.token.as_ref().unwrap().expose(),
        "from-flag"
    );
    let explained = flagged.explain("gateway").unwrap();
    let line = explained
        .iter()
        .find(|one| one.path == "gateway.auth.token")
        .unwrap();
    assert_eq!(line.value, "set (from argument --token)");
    let shown = format!("{:?}{flagged:?}", flagged.explain("").unwrap());
    assert!(!shown.contains("from-flag"), "{shown}");

    let token = over.explain("gateway.auth.token").unwrap();
    assert_eq!(token[0].value, "set (from env CLAWDBOT_GATEWAY_TOKEN)");
    assert_eq!(
        over.explain("gateway.publicUrl").unwrap()[0]
            .source
            .to_string(),
        "default"
    );
    assert!(
        over.explain("gateway.prot")
            .unwrap_err()
            .to_string()
            .contains("did you mean \"gateway.port\"?")
    );

    let bad = home
        .load(&[("TIDEGATE_GATEWAY_PORT", "x")], &daemon())
        .unwrap_err()
        .to_string();
    assert!(bad.contains("TIDEGATE_GATEWAY_PORT"), "{bad}");
}

#[test]
fn profiles_and_paths() {
    let home = Home::new();
    let dev = home
        .load(
            &[],
            &Overrides {
                profile: Some("dev".into()),
                ..daemon()
            },
        )
        .unwrap();
    assert_eq!(dev.config.gateway.port, 19001);
    assert_eq!(dev.state_dir, home.dir.path().join(".tidegate-dev"));
    assert_eq!(
        dev.provenance.source("gateway.port").to_string(),
        "default of profile dev"
    );
    let bad = home.load(
        &[],
        &Overrides {
            profile: Some("../x".into()),
            ..daemon()
        },
    );
    assert!(matches!(bad, Err(ConfigError::Unusable(_))));
    let elsewhere = home
        .load(&[("TIDEGATE_STATE_DIR", "~/else")], &daemon())
        .unwrap();
    assert_eq!(
        elsewhere.config_path,
        home.dir.path().join("else/tidegate.json")
    );
    // Nothing may depend on the working directory (T52).
    for name in ["TIDEGATE_STATE_DIR", "TIDEGATE_CONFIG_PATH"] {
        assert!(matches!(
            home.load(&[(name, "here")], &daemon()),
            Err(ConfigError::Unusable(_))
        ));
    }
    assert!(matches!(
        load_with(&daemon(), &Environment::of(&[])),
        Err(ConfigError::Unusable(_))
    ));
}

#[test]
fn secrets_from_everywhere() {
    let home = Home::new();
    let file = home.dir.path().join("key");
    fs::write(&file, "file-secret\n").unwrap();
    let provider = |name: &str, key: &str| {
        format!("{name}: {{ api: \"openai\", baseUrl: \"http://h\", apiKey: {key} }}")
    };
    let all = [
        provider("env", "{ env: \"KEY\" }"),
        provider("file", &format!("{{ file: \"{}\" }}", file.display())),
        provider("home", "{ file: \"~/key\" }"),
        provider(
            "exec",
            "{ exec: [\"/bin/sh\", \"-c\", \"echo $HOME-$KEY-$PATH | cut -d: -f1 | tr -d /\"] }",
        ),
        provider("plain", "\"plain-secret\""),
        provider("unset", "{ env: \"UNSET\" }"),
        provider("relative", "{ file: \"key\" }"),
        provider("fails", "{ exec: [\"false\"] }"),
        provider("cwd", "{ exec: [\"./key\"] }"),
        provider("endless", "{ exec: [\"yes\"] }"),
        provider("gone", "{ exec: [\"/no/such/program\"] }"),
    ];
    home.write(&format!(
        "{{ models: {{ providers: {{ {} }} }} }}",
        all.join(", ")
    ));
    let loaded = home.load(&[("KEY", "env-secret")], &daemon()).unwrap();
    let keys = &loaded.secrets.provider_keys;
    assert_eq!(keys["env"].expose(), "env-secret");
    assert_eq!(keys["file"].expose(), "file-secret");
    assert_eq!(keys["home"].expose(), "file-secret");
    assert_eq!(keys["plain"].expose(), "plain-secret");
    assert!(
        !keys["exec"].expose().contains("env-secret"),
        "the command has an environment of its own"
    );
    assert_eq!(keys.len(), 5);
    let warned = |part: &str| {
        assert!(
            loaded.warnings.iter().any(|w| w.message.contains(part)),
            "{part}: {:?}",
            loaded.warnings
        );
    };
    for part in [
        "UNSET is not set",
        "must be absolute",
        "ended with",
        "absolute path, or a bare name",
        "longer than 64 KiB",
        "cannot be run",
        "the secret stands in the file",
    ] {
        warned(part);
    }
    let shown = format!("{loaded:?}");
    for secret in ["env-secret", "file-secret", "plain-secret"] {
        assert!(!shown.contains(secret));
    }
    // A command line tool runs no commands and reads no keys of providers.
    assert!(
        home.load(&[], &Overrides::default())
            .unwrap()
            .secrets
            .provider_keys
            .is_empty()
    );
}

#[test]
fn a_secret_of_the_gateway_must_be_there() {
    let home = Home::new();
    home.write("{ gateway: { auth: { token: { env: \"UNSET\" } } } }");
    let error = home.load(&[], &daemon()).unwrap_err().to_string();
    assert!(
        error.contains("gateway.auth.token: the environment variable UNSET is not set"),
        "{error}"
    );
    let by_file = Overrides {
        token_file: Some("/no/file".into()),
        ..daemon()
    };
    let error = home.load(&[], &by_file).unwrap_err().to_string();
    assert!(
        error.contains("--token-file: the file /no/file cannot be read"),
        "{error}"
    );
}

#[test]
fn a_command_has_five_seconds() {
    let reference = secret_ref::SecretRef::Exec(vec![
        "/bin/sh".into(),
        "-c".into(),
        "sleep 60 & sleep 60".into(),
    ]);
    let error = secrets::resolve("k", &reference, &Environment::of(&[])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "k: the command /bin/sh took longer than 5 s"
    );
}

#[test]
fn the_view_shows_no_secret() {
    let home = Home::new();
    home.write("{ /* mine */ gateway: { auth: { token: \"canary-token-0123456789012345678901\", password: { env: \"PW\" } } } }");
    let loaded = home.load(&[("PW", "canary-password")], &daemon()).unwrap();
    let view = ConfigView::new(&loaded);
    let got = serde_json::to_value(view.get()).unwrap();
    assert!(!got.to_string().contains("canary"), "{got}");
    assert!(got["raw"].as_str().unwrap().contains("/* mine */"));
    assert_eq!(
        got["config"]["gateway"]["auth"]["token"],
        secret_ref::REDACTED
    );
    assert_eq!(got["parsed"]["gateway"]["auth"]["password"]["env"], "PW");
    assert_eq!(got["valid"], true);
    home.write("{ gateway: { auth: { tokn: \"canary-2\" ");
    let got = serde_json::to_value(view.get()).unwrap();
    assert!(!got.to_string().contains("canary"), "{got}");
    assert_eq!(
        (got["valid"].as_bool(), got["raw"].is_null()),
        (Some(false), true)
    );
    let schema = view.schema(0);
    assert!(schema.ui_hints["gateway.auth.token"].sensitive);
    assert!(schema.ui_hints["models.providers.*.apiKey"].sensitive);
    assert_eq!(
        schema
            .ui_hints
            .values()
            .filter(|hint| hint.sensitive)
            .count(),
        3
    );
}

#[test]
fn every_key_says_its_default_and_when_it_holds() {
    let hints = view::ui_hints();
    for (path, hint) in &hints {
        let section = hints
            .keys()
            .any(|other| other.starts_with(&format!("{path}.")));
        let free = path.contains("providers")
            || ["model", "queue"].contains(&path.rsplit('.').next().unwrap());
        let complete = hint.help.contains("efault") && hint.help.contains("reload: restart");
        assert!(complete || section || free, "{path}: {}", hint.help);
        assert!(!hint.help.is_empty(), "{path}");
    }
}

#[test]
fn the_checked_in_schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/config.schema.json");
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == schema::schema_text(),
        "docs/config.schema.json is old: cargo run -- config schema > docs/config.schema.json"
    );
}
