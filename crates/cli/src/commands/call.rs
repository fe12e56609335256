//! `tidegate gateway call`: any method, with no more rights than it needs.

use clap::CommandFactory;
use serde_json::Value;
use tidegate_protocol::catalog::visit_all;
use tidegate_protocol::{Access, Method, MethodVisitor, Scope, strict};

use super::connection::{Context, client, text_argument};
use crate::args::{CallArgs, Cli, Globals};
use crate::exit::Exit;
use crate::output::{self, Failure, Screen, nearest_methods, with_spinner};

pub(crate) async fn run(args: &CallArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    if args.help {
        return help(args.method.as_deref(), &screen);
    }
    let method = args.method.as_deref().unwrap_or_default();
    let params = args.params.as_deref().map(params).transpose()?;
    let scopes = scopes(method)?;
    let context = Context::new(globals)?;
    let gateway = context.connect(&scopes).await?;
    let client = client(&gateway)?;
    let call = client.call_raw(method, params.as_ref(), context.timeout, args.expect_final);
    let payload = with_spinner(&context.screen, method, call)
        .await
        .map_err(|why| context.failure(&why, method))?;
    context.screen.payload(&payload)?;
    gateway.close().await;
    Ok(Exit::Done)
}

fn help(method: Option<&str>, screen: &Screen) -> anyhow::Result<Exit> {
    let Some(method) = method else {
        let mut command = Cli::command();
        command.build();
        let call = ["gateway", "call"]
            .into_iter()
            .try_fold(&mut command, |command, name| {
                command.find_subcommand_mut(name)
            });
        if let Some(call) = call {
            screen.say(&format!("{}\n", call.render_help()))?;
        }
        screen.say(&output::method_list(screen))?;
        return Ok(Exit::Done);
    };
    let Some(page) = output::method_help(screen, method) else {
        return Err(unknown(method, "this program does not know the method").into());
    };
    screen.say(&page)?;
    Ok(Exit::Done)
}

fn unknown(method: &str, what: &str) -> Failure {
    let near = nearest_methods(method);
    Failure::new(Exit::Usage, format!("{what} {method:?}")).next(match near.as_slice() {
        [] => "list the methods with `tidegate gateway call --help`".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    })
}

/// The rights that a method needs. A method that a newer gateway has may need any.
fn scopes(method: &str) -> Result<Vec<Scope>, Failure> {
    struct Find<'a>(&'a str, Option<Access>);
    impl MethodVisitor for Find<'_> {
        fn method<M: Method>(&mut self) {
            if M::SPEC.name == self.0 {
                self.1 = Some(M::SPEC.access);
            }
        }
    }
    let mut find = Find(method, None);
    visit_all(&mut find);
    match find.1 {
        None => Ok(vec![Scope::Admin]),
        Some(Access::Operator(scope)) => Ok(vec![scope]),
        Some(Access::Any | Access::Device) => Ok(vec![Scope::Read]),
        Some(Access::Node) => Err(Failure::new(
            Exit::Usage,
            format!("{method} is for nodes only"),
        )),
        Some(Access::Handshake) => Err(Failure::new(
            Exit::Usage,
            format!("{method} is done by every command by itself"),
        )),
    }
}

/// Reads params; what is wrong with them is shown in its place.
pub(crate) fn params(argument: &str) -> Result<Value, Failure> {
    let text = match argument.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|why| Failure::new(Exit::Usage, format!("--params {argument}: {why}")))?,
        None => text_argument("--params", argument)?,
    };
    strict::parse(&text).map_err(|why| {
        let at = pointed_at(&text, why.line(), why.column());
        Failure::new(Exit::Usage, format!("--params is not JSON: {why}{at}"))
            .next("quote it for the shell, as in --params '{\"limit\": 10}'")
    })
}

/// The line of the mistake with a mark under it.
fn pointed_at(text: &str, line: usize, column: usize) -> String {
    /// Characters before and after the place.
    const AROUND: usize = 60;
    let Some(found) = line.checked_sub(1).and_then(|at| text.lines().nth(at)) else {
        return String::new();
    };
    // serde_json counts bytes.
    let before = found
        .char_indices()
        .filter(|(at, _)| *at + 1 < column)
        .count();
    let from = before.saturating_sub(AROUND);
    let part: String = found.chars().skip(from).take(2 * AROUND).collect();
    format!(
        "\n    {}\n    {}^",
        output::clean(&part).replace('\t', " "),
        " ".repeat(before - from)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_params_are_shown_in_their_place() {
        let failure = params(r#"{"ä": 1 "b": 2}"#).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(
            failure.what,
            "--params is not JSON: expected `,` or `}` at line 1 column 10\n    {\"ä\": 1 \"b\": 2}\n            ^"
        );
        for bad in ["", "{", "{\"a\":1,\"a\":2}", "@/nowhere"] {
            assert_eq!(params(bad).unwrap_err().exit, Exit::Usage, "{bad}");
        }
        assert_eq!(params("{}").unwrap(), serde_json::json!({}));
    }

    #[test]
    fn a_call_asks_for_what_its_method_needs() {
        for (method, scope) in [
            ("health", Scope::Read),
            ("chat.send", Scope::Write),
            ("config.get", Scope::Admin),
            ("of.the.future", Scope::Admin),
        ] {
            assert_eq!(scopes(method).unwrap(), [scope], "{method}");
        }
        assert!(scopes("connect").is_err());
    }
}
