//! The `tidegate` binary: parse, dispatch, exit code.

mod args;
mod claims;
mod commands;
mod compose;
mod config;
#[cfg(feature = "mdns")]
mod discovery;
mod exit;
mod force;
mod lifecycle;
mod listener;
mod lock;
mod logging;
mod output;
mod own_addresses;
mod owner_token;
mod state_dir;
mod target;
mod tls_files;
mod trust;
mod words;
mod workspaces;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{
    AgentsCommand, AllowlistCommand, ApprovalsCommand, ApprovalsListArgs, CanvasCommand,
    ChannelsCommand, Cli, Command, Connection, DevicesCommand, GatewayCommand, MessageCommand,
    NodesCommand, OutboxCommand, OutboxListArgs, PairingCommand, PolicyCommand, SessionsCommand,
};
use exit::Exit;
use output::Screen;

fn main() -> ExitCode {
    // Before anything else: a warden has one thread, and its input is a socket.
    #[cfg(target_os = "linux")]
    if std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == tidegate_exec::warden::WORD)
    {
        return tidegate_exec::warden::main();
    }
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(why) => why.exit(),
    };
    let screen = output::Screen::new(&cli.globals(args::connection(&matches).as_ref()));
    dispatch(&cli, &screen)
        .unwrap_or_else(|error| output::report(&screen, &error))
        .into()
}

fn dispatch(cli: &Cli, screen: &Screen) -> anyhow::Result<Exit> {
    let with = |connection: &Connection| cli.globals(Some(connection));
    let alone = cli.globals(None);
    match &cli.command {
        Command::Gateway { run, command: None }
        | Command::Gateway {
            command: Some(GatewayCommand::Run(run)),
            ..
        } => daemon(commands::gateway_run::run(&alone, run)),
        Command::Config { command } => commands::config::run(&alone, screen, command),
        Command::Completions { shell } => commands::completions::run(*shell),
        Command::Health(connection)
        | Command::Gateway {
            command: Some(GatewayCommand::Health(connection)),
            ..
        } => client(commands::health::run(&with(connection))),
        Command::Status(connection)
        | Command::Gateway {
            command: Some(GatewayCommand::Status(connection)),
            ..
        } => client(commands::status::run(&with(connection))),
        Command::Gateway {
            command: Some(GatewayCommand::Call(args)),
            ..
        } => client(commands::call::run(args, &with(&args.connection))),
        #[cfg(feature = "mdns")]
        Command::Gateway {
            command: Some(GatewayCommand::Discover(args)),
            ..
        } => client(commands::discover::run(args, &alone)),
        Command::Gateway {
            command: Some(GatewayCommand::Send(args)),
            ..
        }
        | Command::Message {
            command: MessageCommand::Send(args),
        } => client(commands::send::run(args, &with(&args.connection))),
        Command::Message {
            command: MessageCommand::Poll(args),
        } => client(commands::send::poll(args, &with(&args.connection))),
        Command::Channels {
            command,
            connection,
        } => channels(cli, command.as_ref(), connection),
        Command::Pairing { command } => pairing(cli, command),
        Command::Devices {
            command,
            connection,
        } => devices(cli, command.as_ref(), connection),
        Command::Approvals { command, list } => approvals(cli, command.as_ref(), list),
        Command::Nodes {
            command,
            connection,
        } => nodes(cli, screen, command.as_ref(), connection),
        Command::Node { command } => node(&alone, command),
        Command::Outbox { command, list } => outbox(cli, command.as_ref(), list),
        Command::Trace(args) => client(commands::trace::run(args, &with(&args.connection))),
        Command::Agent(args)
        | Command::Gateway {
            command: Some(GatewayCommand::Agent(args)),
            ..
        } => client(commands::agent::run(args, &with(&args.connection))),
        Command::Agents {
            command: Some(AgentsCommand::List(connection)),
            ..
        }
        | Command::Agents {
            command: None,
            connection,
        } => client(commands::agents::list(&with(connection))),
        Command::Sessions {
            command: Some(SessionsCommand::List(args)),
            ..
        }
        | Command::Sessions {
            command: None,
            list: args,
        } => client(commands::sessions::run(args, &with(&args.connection))),
        Command::Logs(args) => client(commands::logs::run(args, &with(&args.connection))),
        Command::Canvas {
            command: CanvasCommand::Open(args),
        } => client(commands::canvas::open(args, &with(&args.connection))),
        Command::Canvas {
            command: CanvasCommand::Path(args),
        } => client(commands::canvas::path(args, &with(&args.connection))),
        Command::Dashboard(args) => client(commands::dashboard::run(args, &with(&args.connection))),
    }
}

fn channels(
    cli: &Cli,
    command: Option<&ChannelsCommand>,
    connection: &Connection,
) -> anyhow::Result<Exit> {
    let with = |connection: &Connection| cli.globals(Some(connection));
    let alone = cli.globals(None);
    match command {
        None => client(commands::channels::list(&with(connection))),
        Some(ChannelsCommand::List(connection)) => {
            client(commands::channels::list(&with(connection)))
        }
        Some(ChannelsCommand::Test(args)) => {
            client(commands::channels::test(args, &with(&args.connection)))
        }
        Some(ChannelsCommand::Logout(args)) => {
            client(commands::channels::logout(args, &with(&args.connection)))
        }
        Some(ChannelsCommand::Add(args)) => client(commands::channels::add(args, &alone)),
        Some(ChannelsCommand::Login(args)) => client(commands::channels::login(args, &alone)),
        Some(ChannelsCommand::Remove(args)) => {
            client(commands::channels::remove(args, &with(&args.connection)))
        }
    }
}

fn pairing(cli: &Cli, command: &PairingCommand) -> anyhow::Result<Exit> {
    let with = |connection: &Connection| cli.globals(Some(connection));
    match command {
        PairingCommand::List(args) => {
            client(commands::pairing::list(args, &with(&args.connection)))
        }
        PairingCommand::Senders(args) => {
            client(commands::pairing::senders(args, &with(&args.connection)))
        }
        PairingCommand::Approve(args) => {
            client(commands::pairing::approve(args, &with(&args.connection)))
        }
        PairingCommand::Dismiss(args) => {
            client(commands::pairing::dismiss(args, &with(&args.connection)))
        }
    }
}

fn approvals(
    cli: &Cli,
    command: Option<&ApprovalsCommand>,
    list: &ApprovalsListArgs,
) -> anyhow::Result<Exit> {
    use commands::approvals as of;
    let with = |connection: &Connection| cli.globals(Some(connection));
    match command {
        None => client(of::list(list, &with(&list.connection))),
        Some(ApprovalsCommand::List(args)) => client(of::list(args, &with(&args.connection))),
        Some(ApprovalsCommand::Show(args)) => client(of::show(args, &with(&args.connection))),
        Some(ApprovalsCommand::Approve(args)) => client(of::approve(args, &with(&args.connection))),
        Some(ApprovalsCommand::Deny(args)) => client(of::deny(args, &with(&args.connection))),
        Some(ApprovalsCommand::Policy { command }) => match command {
            PolicyCommand::Get(connection) => client(of::get(&with(connection))),
            PolicyCommand::Set(args) => client(of::set(args, &with(&args.connection))),
        },
        Some(ApprovalsCommand::Allowlist { command }) => match command {
            AllowlistCommand::List(connection) => client(of::entries(&with(connection))),
            AllowlistCommand::Add(args) => client(of::add(args, &with(&args.connection))),
            AllowlistCommand::Remove(args) => client(of::remove(args, &with(&args.connection))),
        },
    }
}

fn devices(
    cli: &Cli,
    command: Option<&DevicesCommand>,
    connection: &Connection,
) -> anyhow::Result<Exit> {
    use commands::devices;
    let with = |connection: &Connection| cli.globals(Some(connection));
    match command {
        None => client(devices::list(&with(connection))),
        Some(DevicesCommand::List(connection)) => client(devices::list(&with(connection))),
        Some(DevicesCommand::Approve(args)) => {
            client(devices::approve(args, &with(&args.connection)))
        }
        Some(DevicesCommand::Reject(args)) => {
            client(devices::reject(args, &with(&args.connection)))
        }
        Some(DevicesCommand::Remove(args)) => {
            client(devices::remove(args, &with(&args.connection)))
        }
        Some(DevicesCommand::Rename(args)) => {
            client(devices::rename(args, &with(&args.connection)))
        }
        Some(DevicesCommand::Revoke(args)) => {
            client(devices::revoke(args, &with(&args.connection)))
        }
        Some(DevicesCommand::Rotate(args)) => {
            client(devices::rotate(args, &with(&args.of.connection)))
        }
        Some(DevicesCommand::Trust(args)) => client(devices::trust(args, &with(&args.connection))),
        Some(DevicesCommand::Code(args)) => client(devices::code(args, &with(&args.connection))),
    }
}

fn node(alone: &args::Globals, command: &args::NodeCommand) -> anyhow::Result<Exit> {
    match command {
        args::NodeCommand::Run(args) => daemon(commands::node::run(alone, args)),
        args::NodeCommand::Install(args) => client(commands::node::install(alone, args)),
        args::NodeCommand::Status => commands::node::status(alone),
    }
}

fn outbox(
    cli: &Cli,
    command: Option<&OutboxCommand>,
    list: &OutboxListArgs,
) -> anyhow::Result<Exit> {
    let with = |connection: &Connection| cli.globals(Some(connection));
    match command {
        None => client(commands::outbox::list(list, &with(&list.connection))),
        Some(OutboxCommand::List(args)) => {
            client(commands::outbox::list(args, &with(&args.connection)))
        }
        Some(OutboxCommand::Retry(args)) => {
            client(commands::outbox::retry(args, &with(&args.connection)))
        }
        Some(OutboxCommand::Drop(args)) => {
            client(commands::outbox::discard(args, &with(&args.connection)))
        }
    }
}

fn nodes(
    cli: &Cli,
    screen: &Screen,
    command: Option<&NodesCommand>,
    connection: &Connection,
) -> anyhow::Result<Exit> {
    use commands::nodes;
    let with = |connection: &Connection| cli.globals(Some(connection));
    match command {
        None => client(nodes::list(&with(connection))),
        Some(NodesCommand::List(connection)) => client(nodes::list(&with(connection))),
        Some(NodesCommand::Describe(args)) => {
            client(nodes::describe(args, &with(&args.connection)))
        }
        Some(NodesCommand::Rename(args)) => client(nodes::rename(args, &with(&args.connection))),
        Some(NodesCommand::Invoke(args)) => client(nodes::invoke(args, &with(&args.connection))),
        Some(NodesCommand::Pending(args)) => client(nodes::pending(args, &with(&args.connection))),
        Some(NodesCommand::Commands(args)) => nodes::commands(args, screen),
    }
}

/// The daemon has a thread for each core.
fn daemon(work: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// One thread is enough for a client, and it starts at once.
fn client(work: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    done
}
