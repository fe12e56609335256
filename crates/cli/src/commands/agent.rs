//! `tidegate agent`: a message to the agent, and its answer as it grows.

use std::time::Duration;
use std::{io, iter};

use tidegate_client::{Error, RunFinal, RunNotice, RunOutcome, idempotency_key};
use tidegate_protocol::Scope;
use tidegate_protocol::api::agent::{
    AgentEvent, AgentFinal, AgentParams, AgentStream, DeliveryState,
};

use super::connection::{Context, text_argument};
use crate::args::{AgentArgs, Globals};
use crate::exit::Exit;
use crate::output::{Failure, Screen, Waiting, clean, count, duration};

/// The gateway ends every run long before; this is for a gateway that does not.
const LONGEST: Duration = Duration::from_hours(24);

pub(crate) async fn run(args: &AgentArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = params(args)?;
    let context = Context::new(globals)?;
    let screen = context.screen.clone();
    // The owner at a terminal may also say `/new` and `/model x`, which administer.
    let scopes = [Scope::Admin, Scope::Write, Scope::Read];
    let mut gateway = context.connect(&scopes).await?;
    if args.no_wait {
        let accepted = gateway.start_agent(&params).await;
        let payload = accepted.map_err(|why| context.failure(&why, "agent"))?;
        if screen.json {
            screen.payload(&payload)?;
        } else {
            let accepted: AgentFinal = context.read(&payload, "agent")?;
            screen.say(&format!(
                "Accepted as run {}",
                clean(accepted.run_id.as_str())
            ))?;
        }
        gateway.close().await;
        return Ok(Exit::Done);
    }
    let waiting = Waiting::default();
    let mut stream = Stream::new(&screen, waiting.clone());
    let outcome = tokio::select! {
        biased;
        outcome = gateway.run_agent(&params, LONGEST, interrupt(), |notice| stream.notice(&notice)) => outcome,
        outcome = waiting.show(&screen, "waiting for the agent") => outcome,
    };
    let exit = match outcome {
        Ok(RunOutcome::Ended(end)) => finish(&context, stream, &end)?,
        Ok(RunOutcome::Stopped(confirmed)) => {
            stream.end()?;
            screen.note(if confirmed {
                "stopped"
            } else {
                "gone; the gateway did not confirm that the run was stopped"
            });
            Exit::Interrupted
        }
        Err(why) => {
            stream.end()?;
            return Err(failed(&context, &why).into());
        }
    };
    gateway.close().await;
    Ok(exit)
}

fn params(args: &AgentArgs) -> Result<AgentParams, Failure> {
    let message = text_argument("--message", &args.message)?;
    if message.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, "--message is empty"));
    }
    Ok(AgentParams {
        message,
        idempotency_key: idempotency_key(),
        agent_id: args.agent.clone(),
        to: args.to.clone(),
        reply_to: None,
        session_id: None,
        session_key: args.session_key.clone(),
        thinking: args.thinking.clone(),
        deliver: args.deliver.then_some(true),
        attachments: None,
        channel: args.channel.clone(),
        reply_channel: None,
        account_id: args.account.clone(),
        reply_account_id: None,
        thread_id: args.thread.clone(),
        group_id: None,
        group_channel: None,
        group_space: None,
        timeout: args.run_timeout,
        lane: None,
        extra_system_prompt: None,
        label: None,
        spawned_by: None,
    })
}

/// Ctrl-C, once: stopping takes a few seconds at most, so a second one need not do more.
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Then Ctrl-C still does what it does by itself.
        std::future::pending::<()>().await;
    }
}

/// A run that failed, or a gateway that did.
fn failed(context: &Context, why: &Error) -> Failure {
    match why.refusal() {
        Some(refusal) if refusal.payload.is_some() => {
            Failure::new(Exit::Failed, clean(&refusal.shape.message))
                .next("see why with `tidegate logs`")
        }
        _ => context.failure(why, "agent"),
    }
}

fn finish(context: &Context, mut stream: Stream<'_>, end: &RunFinal) -> anyhow::Result<Exit> {
    let screen = &context.screen;
    let ok = end.answer.status == "ok";
    if screen.json {
        stream.end()?;
        screen.payload(&end.payload)?;
    } else {
        stream.answer(&text_of(&end.answer))?;
        if screen.err_is_terminal && screen.out_is_terminal {
            screen.note(&screen.err().dim(&summary(&end.answer)));
        }
    }
    if ok {
        return delivered(&end.answer);
    }
    let words = end.answer.summary.as_deref().unwrap_or(&end.answer.status);
    Err(Failure::new(Exit::Failed, format!("the run ended: {}", clean(words))).into())
}

/// Whether the answer went where it should, if it was to go anywhere.
fn delivered(answer: &AgentFinal) -> anyhow::Result<Exit> {
    let status = answer.result.as_ref();
    let Some(delivery) = status.and_then(|result| result.delivery_status.as_ref()) else {
        return Ok(Exit::Done);
    };
    let words = match delivery.status {
        DeliveryState::Sent | DeliveryState::Suppressed => return Ok(Exit::Done),
        DeliveryState::Queued => "the answer waits in the outbox",
        DeliveryState::PartialFailed => "only the beginning of the answer was delivered",
        DeliveryState::Failed => "the answer was not delivered",
    };
    let reason = delivery.reason.iter().map(|reason| clean(reason));
    let words: Vec<String> = iter::once(words.to_owned()).chain(reason).collect();
    let next = format!("tidegate trace {}", clean(answer.run_id.as_str()));
    Err(Failure::new(Exit::Failed, words.join(": "))
        .next(format!("see how far it is with `{next}`"))
        .into())
}

fn text_of(answer: &AgentFinal) -> String {
    let payloads = answer.result.iter().flat_map(|result| &result.payloads);
    let parts = payloads.flat_map(|reply| {
        let text = Some(reply.text.clone()).filter(|text| !text.is_empty());
        text.into_iter().chain(reply.media_url.0.clone())
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

fn summary(answer: &AgentFinal) -> String {
    let Some(result) = &answer.result else {
        return String::new();
    };
    let (meta, usage) = (&result.meta.agent_meta, result.meta.agent_meta.usage);
    let model = clean(&format!("{}/{}", meta.provider, meta.model));
    let took = duration(result.meta.duration_ms);
    if usage.total == 0 {
        return format!("{model} · {took}");
    }
    format!(
        "{model} · {took} · {} tokens in, {} out",
        count(usage.input),
        count(usage.output)
    )
}

/// The answer on the terminal, growing.
struct Stream<'a> {
    screen: &'a Screen,
    live: bool,
    shown: String,
    waiting: Waiting,
    /// A lost connection was told; each further try says nothing new.
    lost: bool,
    broken: Option<io::Error>,
}

impl<'a> Stream<'a> {
    fn new(screen: &'a Screen, waiting: Waiting) -> Self {
        let live = screen.out_is_terminal && !screen.json;
        Self {
            screen,
            live,
            shown: String::new(),
            waiting,
            lost: false,
            broken: None,
        }
    }

    fn notice(&mut self, notice: &RunNotice<'_>) {
        match notice {
            RunNotice::Update(update) if self.live => self.update(update),
            RunNotice::Again(why) if !self.lost => {
                self.lost = true;
                self.waiting.over();
                let gap = if self.shown.is_empty() { "" } else { "\n" };
                let words = format!("{}; trying again", clean(&why.to_string()));
                self.screen
                    .note(&format!("{gap}{}", self.screen.err().dim(&words)));
            }
            RunNotice::Accepted(_) => self.lost = false,
            RunNotice::Again(_) | RunNotice::Missed(_) | RunNotice::Update(_) => {}
        }
    }

    fn update(&mut self, update: &AgentEvent) {
        if let (AgentStream::Assistant, Some(text)) = (update.stream, &update.data.text)
            && self.broken.is_none()
        {
            self.broken = self.grow(&clean(text)).err();
        }
    }

    /// Shows what is new. A text that was rewritten begins on a new line.
    fn grow(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.waiting.over();
        match text.strip_prefix(self.shown.as_str()) {
            Some("") => return Ok(()),
            Some(new) => self.screen.print(new)?,
            // An older update that came late has nothing new.
            None if self.shown.starts_with(text) => return Ok(()),
            None => self.screen.print(&format!("\n\n{text}"))?,
        }
        text.clone_into(&mut self.shown);
        Ok(())
    }

    /// Shows the whole answer, as far as it is not there yet.
    fn answer(&mut self, text: &str) -> io::Result<()> {
        let text = if self.screen.out_is_terminal {
            clean(text)
        } else {
            text.to_owned()
        };
        self.grow(&text)?;
        self.end()
    }

    /// Ends the last line.
    fn end(&mut self) -> io::Result<()> {
        self.waiting.over();
        if let Some(broken) = self.broken.take() {
            return Err(broken);
        }
        if !self.shown.is_empty() && !self.shown.ends_with('\n') {
            self.screen.print("\n")?;
        }
        self.shown.clear();
        Ok(())
    }
}
