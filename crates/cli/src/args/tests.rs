#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its literals so"
)]

use clap::{CommandFactory, Parser};
use expect_test::{Expect, expect};

use super::{Cli, Command};

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("tidegate").chain(line.split_whitespace()))
}

/// What a line means: its command, and what every command gets.
fn check(line: &str, wanted: &Expect) {
    let text = match parse(line) {
        Ok(cli) => format!(
            "{:?}\nprofile={:?} json={} no_color={}\n",
            cli.command, cli.profile, cli.json, cli.no_color
        ),
        Err(why) => format!("{:?}\n", why.kind()),
    };
    wanted.assert_eq(&text);
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn the_gateway_runs_with_or_without_the_word_run() {
    check(
        "gateway",
        &expect![[r#"
        Gateway { run: GatewayRunArgs { port: None, bind: None, token: None, token_file: None, password_file: None, force: false, verbose: false, allow_unconfigured: false }, command: None }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "gateway --port 1 --bind lan --token-file /t --force --verbose --allow-unconfigured --profile dev",
        &expect![[r#"
            Gateway { run: GatewayRunArgs { port: Some(1), bind: Some("lan"), token: None, token_file: Some("/t"), password_file: None, force: true, verbose: true, allow_unconfigured: true }, command: None }
            profile=Some("dev") json=false no_color=false
        "#]],
    );
    check(
        "gateway run --port 2 --password-file p",
        &expect![[r#"
        Gateway { run: GatewayRunArgs { port: None, bind: None, token: None, token_file: None, password_file: None, force: false, verbose: false, allow_unconfigured: false }, command: Some(Run(GatewayRunArgs { port: Some(2), bind: None, token: None, token_file: None, password_file: Some("p"), force: false, verbose: false, allow_unconfigured: false })) }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "gateway --port 1 health",
        &expect![[r#"
        ArgumentConflict
    "#]],
    );
    check(
        "gateway --token a --token-file b",
        &expect![[r#"
        ArgumentConflict
    "#]],
    );
    check(
        "gateway --port 99999",
        &expect![[r#"
        ValueValidation
    "#]],
    );
}

#[test]
fn helpers_have_one_meaning_in_both_places() {
    for (inside, outside) in [
        (
            "gateway health --json --url ws://a --timeout 5",
            "health --json --url ws://a --timeout 5",
        ),
        ("gateway status --profile x", "status --profile x"),
        (
            "gateway agent -m hi --to y --no-wait",
            "agent -m hi --to y --no-wait",
        ),
    ] {
        let text = |line| {
            let cli = parse(line).unwrap();
            let command = format!("{:?}", cli.command);
            let inner = command
                .split_once("command: Some(")
                .map_or(command.as_str(), |(_, inner)| inner);
            inner.trim_end_matches([')', '}', ' ']).to_owned()
        };
        assert_eq!(text(inside), text(outside));
    }
    assert!(matches!(
        parse("gateway health").unwrap().command,
        Command::Gateway {
            command: Some(_),
            ..
        }
    ));
}

#[test]
fn calls_and_messages() {
    check(
        "gateway call sessions.list --params {\"limit\":3} --json",
        &expect![[r#"
            Gateway { run: GatewayRunArgs { port: None, bind: None, token: None, token_file: None, password_file: None, force: false, verbose: false, allow_unconfigured: false }, command: Some(Call(CallArgs { method: Some("sessions.list"), params: Some("{\"limit\":3}"), expect_final: false, help: false, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })) }
            profile=None json=true no_color=false
        "#]],
    );
    check(
        "gateway call agent --help",
        &expect![[r#"
        Gateway { run: GatewayRunArgs { port: None, bind: None, token: None, token_file: None, password_file: None, force: false, verbose: false, allow_unconfigured: false }, command: Some(Call(CallArgs { method: Some("agent"), params: None, expect_final: false, help: true, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })) }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "gateway call --help",
        &expect![[r#"
        Gateway { run: GatewayRunArgs { port: None, bind: None, token: None, token_file: None, password_file: None, force: false, verbose: false, allow_unconfigured: false }, command: Some(Call(CallArgs { method: None, params: None, expect_final: false, help: true, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })) }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "gateway call",
        &expect![[r#"
        MissingRequiredArgument
    "#]],
    );
    check(
        "gateway send --to main --message hi --media-url http://a --media-url http://b --channel webchat",
        &expect![[r#"
            Gateway { run: GatewayRunArgs { port: None, bind: None, token: None, token_file: None, password_file: None, force: false, verbose: false, allow_unconfigured: false }, command: Some(Send(SendArgs { to: "main", message: "hi", media: ["http://a", "http://b"], channel: Some("webchat"), account: None, thread: None, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })) }
            profile=None json=false no_color=false
        "#]],
    );
    check(
        "gateway send --to main",
        &expect![[r#"
        MissingRequiredArgument
    "#]],
    );
    check(
        "agent --message hi --session-key k --thinking low --run-timeout 60 --timeout 500",
        &expect![[r#"
            Agent(AgentArgs { message: "hi", deliver: false, to: None, channel: None, account: None, thread: None, session_key: Some("k"), agent: None, thinking: Some("low"), run_timeout: Some(60), no_wait: false, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 500 } })
            profile=None json=false no_color=false
        "#]],
    );
    check(
        "agent --message hi --timeout 0",
        &expect![[r#"
        ValueValidation
    "#]],
    );
}

#[test]
fn the_rest() {
    for line in ["agents --timeout 5", "agents list --timeout 5"] {
        let parsed = parse(line).unwrap();
        assert!(matches!(parsed.command, Command::Agents { .. }), "{line}");
    }
    check(
        "sessions --search word",
        &expect![[r#"
        Sessions { command: None, list: SessionsArgs { search: Some("word"), limit: 50, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } } }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "sessions list --limit 3",
        &expect![[r#"
        Sessions { command: Some(List(SessionsArgs { search: None, limit: 3, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })), list: SessionsArgs { search: None, limit: 50, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } } }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "logs --follow --limit 10",
        &expect![[r#"
        Logs(LogsArgs { follow: true, limit: 10, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "canvas open notes --no-open",
        &expect![[r#"
        Canvas { command: Open(CanvasOpenArgs { session: "notes", no_open: true, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } }) }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "canvas path",
        &expect![[r#"
        Canvas { command: Path(CanvasPathArgs { session: "main", connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } }) }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "dashboard --no-open",
        &expect![[r#"
        Dashboard(DashboardArgs { no_open: true, connection: Connection { url: None, token: None, token_file: None, password_file: None, tls_fingerprint: None, timeout_ms: 10000 } })
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "config get gateway.port",
        &expect![[r#"
        Config { command: Get { path: Some("gateway.port") } }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "config path",
        &expect![[r#"
        Config { command: Path }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "config explain",
        &expect![[r#"
        Config { command: Explain { path: None } }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "completions zsh",
        &expect![[r#"
        Completions { shell: Zsh }
        profile=None json=false no_color=false
    "#]],
    );
    check(
        "completions",
        &expect![[r#"
        MissingRequiredArgument
    "#]],
    );
    check(
        "nonsense",
        &expect![[r#"
        InvalidSubcommand
    "#]],
    );
    check(
        "",
        &expect![[r#"
        DisplayHelpOnMissingArgumentOrSubcommand
    "#]],
    );
}

#[test]
fn a_secret_file_and_a_secret_exclude_each_other() {
    assert!(parse("health --token a --token-file b").is_err());
    let cli = parse("health --token-file b --password-file c").unwrap();
    let Command::Health(connection) = &cli.command else {
        panic!()
    };
    let globals = cli.globals(Some(connection));
    assert_eq!((globals.token, globals.timeout_ms), (None, 10_000));
    assert_eq!(
        globals.token_file.as_deref(),
        Some(std::path::Path::new("b"))
    );
}
