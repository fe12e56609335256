//! Layers, secrets, and what is shown.

use std::fs;
use std::path::Path;

use super::super::env::Environment;
use super::super::load::load_with;
use super::super::*;
use super::home::{Home, daemon};

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
        13
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
        let reload = ["reload: restart", "reload: hot"];
        let says = reload.iter().any(|reload| hint.help.contains(reload));
        let complete = hint.help.contains("efault") && says;
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
