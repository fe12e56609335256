//! The commands about chat networks, in our words and in the family's.

use clap::Parser;

use super::{
    ChannelsCommand, Cli, Command, GatewayCommand, MessageCommand, OutboxCommand, PairingCommand,
    SendArgs,
};

fn command(words: &[&str]) -> Command {
    let line = std::iter::once("tidegate").chain(words.iter().copied());
    Cli::try_parse_from(line)
        .unwrap_or_else(|why| panic!("{words:?}: {why}"))
        .command
}

fn refused(words: &[&str]) -> clap::error::ErrorKind {
    let line = std::iter::once("tidegate").chain(words.iter().copied());
    Cli::try_parse_from(line).map(drop).unwrap_err().kind()
}

fn sending(words: &[&str]) -> SendArgs {
    match command(words) {
        Command::Message {
            command: MessageCommand::Send(args),
        }
        | Command::Gateway {
            command: Some(GatewayCommand::Send(args)),
            ..
        } => args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_familys_words_for_sending_are_taken() {
    let ours = sending(&[
        "message",
        "send",
        "--channel",
        "paper",
        "--to",
        "-5",
        "--message",
        "hi",
        "--account",
        "work",
        "--thread",
        "7",
        "--media",
        "https://a/b",
    ]);
    let theirs = sending(&[
        "gateway",
        "send",
        "--channel",
        "paper",
        "--target",
        "-5",
        "-m",
        "hi",
        "--account",
        "work",
        "--thread",
        "7",
        "--media-url",
        "https://a/b",
    ]);
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    assert_eq!(
        (ours.to.as_str(), ours.thread.as_deref()),
        ("-5", Some("7"))
    );

    let poll = command(&[
        "message",
        "poll",
        "--channel",
        "paper",
        "--target",
        "5",
        "--poll-question",
        "Which?",
        "--poll-option",
        "a",
        "--poll-option",
        "b",
        "--poll-duration-hours",
        "2",
    ]);
    let Command::Message {
        command: MessageCommand::Poll(poll),
    } = poll
    else {
        panic!("{poll:?}");
    };
    assert_eq!((poll.to.as_str(), poll.question.as_str()), ("5", "Which?"));
    assert_eq!(poll.options, ["a", "b"]);
    assert_eq!((poll.most, poll.hours), (1, Some(2)));
}

#[test]
fn a_code_is_approved_as_the_family_writes_it() {
    let approve = command(&["pairing", "approve", "paper", "K7QX2M9P", "--owner"]);
    let Command::Pairing {
        command: PairingCommand::Approve(args),
    } = approve
    else {
        panic!("{approve:?}");
    };
    assert_eq!(
        (args.channel.as_str(), args.code.as_str()),
        ("paper", "K7QX2M9P")
    );
    assert!(args.owner);
    let list = command(&["pairing", "list", "paper"]);
    let Command::Pairing {
        command: PairingCommand::List(args),
    } = list
    else {
        panic!("{list:?}");
    };
    assert_eq!(args.channel.as_deref(), Some("paper"));
}

#[test]
fn accounts_are_named_and_their_secrets_are_never_arguments() {
    use clap::error::ErrorKind::{ArgumentConflict, MissingRequiredArgument, UnknownArgument};
    let add = command(&[
        "channels",
        "add",
        "paper",
        "--token-file",
        "/t",
        "--name",
        "Desk",
    ]);
    let Command::Channels {
        command: Some(ChannelsCommand::Add(args)),
        ..
    } = add
    else {
        panic!("{add:?}");
    };
    assert_eq!(args.account.account, "default");
    assert_eq!(args.secrets.token_file.as_deref(), Some("/t".as_ref()));
    for (words, why) in [
        (
            &["channels", "add", "paper", "--token", "s"][..],
            UnknownArgument,
        ),
        (&["channels", "add"], MissingRequiredArgument),
        (
            &[
                "channels",
                "login",
                "paper",
                "--token-file",
                "/t",
                "--token-env",
                "T",
            ],
            ArgumentConflict,
        ),
        (&["outbox", "retry"], MissingRequiredArgument),
        (&["trace"], MissingRequiredArgument),
    ] {
        assert_eq!(refused(words), why, "{words:?}");
    }
}

#[test]
fn lists_need_no_word() {
    assert!(matches!(
        command(&["channels"]),
        Command::Channels { command: None, .. }
    ));
    assert!(matches!(
        command(&["outbox", "--open", "--limit", "3"]),
        Command::Outbox { command: None, list } if list.open && list.limit == 3
    ));
    assert!(matches!(
        command(&["outbox", "drop", "7", "9"]),
        Command::Outbox { command: Some(OutboxCommand::Drop(args)), .. } if args.letters == ["7", "9"]
    ));
}
