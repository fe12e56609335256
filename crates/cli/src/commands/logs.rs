//! `tidegate logs`: the end of the log, and with `--follow` what is written from then on.

use std::time::Duration;

use tidegate_client::Reconnecting;
use tidegate_protocol::Scope;
use tidegate_protocol::api::system::{LogsTail, LogsTailParams, LogsTailResult};

use super::connection::Context;
use crate::args::{Globals, LogsArgs};
use crate::exit::Exit;
use crate::output::log_line;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// What one look takes at most: with [`LOOK`] faster than any log that a person follows.
const MOST_LINES: u32 = 5_000;

pub(crate) async fn run(args: &LogsArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Read]).await?;
    let params = LogsTailParams {
        limit: Some(args.limit),
        ..LogsTailParams::default()
    };
    let last = context.call::<LogsTail>(&mut gateway, &params).await?;
    if last.truncated && !args.follow {
        note(
            &context,
            &format!("the last lines of {}; more with --limit", last.file),
        );
    }
    show(&context, &last)?;
    if args.follow {
        follow(&context, &mut gateway, last).await?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}

/// Looks again and again; it ends with the gateway, or with the reader.
async fn follow(
    context: &Context,
    gateway: &mut Reconnecting,
    mut last: LogsTailResult,
) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(LOOK).await;
        let params = LogsTailParams {
            cursor: Some(last.cursor),
            limit: Some(MOST_LINES),
            max_bytes: None,
        };
        last = context.call::<LogsTail>(gateway, &params).await?;
        if last.reset {
            note(context, "the log begins anew");
        } else if last.truncated {
            note(
                context,
                "some lines were left out: the log is faster than this terminal",
            );
        }
        show(context, &last)?;
    }
}

fn show(context: &Context, found: &LogsTailResult) -> std::io::Result<()> {
    let screen = &context.screen;
    if found.lines.is_empty() {
        return Ok(());
    }
    let paint = screen.out();
    let lines: Vec<String> = found
        .lines
        .iter()
        .map(|line| {
            if screen.json {
                line.clone()
            } else {
                log_line(paint, line)
            }
        })
        .collect();
    screen.say(&lines.join("\n"))
}

fn note(context: &Context, text: &str) {
    context.screen.note(&context.screen.err().dim(text));
}
