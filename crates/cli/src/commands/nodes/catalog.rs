//! `nodes commands`: what there is to send. Asks no gateway.

use crate::args::NodesCommandsArgs;
use crate::exit::Exit;
use crate::output::{self, Failure, Screen, one_line};
use crate::words::nearest;

pub(crate) fn commands(args: &NodesCommandsArgs, screen: &Screen) -> anyhow::Result<Exit> {
    let page = match &args.name {
        None => output::node_commands(screen),
        Some(name) => output::node_command(screen, name).ok_or_else(|| unknown(name, &[]))?,
    };
    screen.say(&page)?;
    Ok(Exit::Done)
}

/// No such command is known, to the catalog or to whoever offers `also`.
pub(super) fn unknown(name: &str, also: &[String]) -> Failure {
    let declared = tidegate_protocol::command::all();
    let names = declared.iter().map(|spec| spec.name);
    let near = nearest(name, names.chain(also.iter().map(String::as_str)));
    let what = format!("there is no command {:?}", one_line(name, 64));
    Failure::new(Exit::Usage, what).next(match near.as_slice() {
        [] => "see all with `tidegate nodes commands`".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    })
}
