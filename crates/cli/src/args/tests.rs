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
    check("gateway", &expect![[""]]);
    check(
        "gateway --port 1 --bind lan --token-file /t --force --verbose --allow-unconfigured --profile dev",
        &expect![[""]],
    );
    check("gateway run --port 2 --password-file p", &expect![[""]]);
    check("gateway --port 1 health", &expect![[""]]);
    check("gateway --token a --token-file b", &expect![[""]]);
    check("gateway --port 99999", &expect![[""]]);
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
        &expect![[""]],
    );
    check("gateway call agent --help", &expect![[""]]);
    check("gateway call --help", &expect![[""]]);
    check("gateway call", &expect![[""]]);
    check(
        "gateway send --to main --message hi --media-url http://a --media-url http://b --channel webchat",
        &expect![[""]],
    );
    check("gateway send --to main", &expect![[""]]);
    check(
        "agent --message hi --session-key k --thinking low --run-timeout 60 --timeout 500",
        &expect![[""]],
    );
    check("agent --message hi --timeout 0", &expect![[""]]);
}

#[test]
fn the_rest() {
    check("sessions --search word", &expect![[""]]);
    check("sessions list --limit 3", &expect![[""]]);
    check("logs --follow --limit 10", &expect![[""]]);
    check("dashboard --no-open", &expect![[""]]);
    check("config get gateway.port", &expect![[""]]);
    check("config path", &expect![[""]]);
    check("config explain", &expect![[""]]);
    check("completions zsh", &expect![[""]]);
    check("completions", &expect![[""]]);
    check("nonsense", &expect![[""]]);
    check("", &expect![[""]]);
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
