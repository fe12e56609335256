//! The two calls around an upload: reserve before it, complete after it.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::chat::{check_parent, destination};
use super::methods::Api;
use super::params::Params;
use crate::slack::json::field;
use crate::slack::world::{Draft, File, World, names};

/// `files.getUploadURLExternal`.
pub(super) fn reserve(api: &Api<'_>) -> Result<Value, Refusal> {
    let name = api.params.required("filename")?;
    let announced = api.params.count("length")?.filter(|length| *length > 0);
    let announced = announced.ok_or_else(|| Refusal::missing("length"))?;
    let (id, url) = api.core.world(|world| {
        let (id, ticket) = (world.next_id("F0"), world.next_uuid());
        let url = format!("{}/upload/v1/{ticket}", world.root);
        let file = File {
            id: id.clone(),
            title: name.clone(),
            name,
            mimetype: "application/octet-stream".to_owned(),
            user: names::BOT_USER.to_owned(),
            announced,
            bytes: None,
            complete: false,
            ticket,
        };
        world.files.insert(id.clone(), file);
        (id, url)
    });
    Ok(json!({"upload_url": url, "file_id": id}))
}

/// `files.completeUploadExternal`: all files of one call become one message.
pub(super) fn complete(api: &Api<'_>) -> Result<Value, Refusal> {
    let wanted = wanted(api.params)?;
    let to = api
        .params
        .text("channel_id")
        .or_else(|| api.params.text("channels"));
    let thread_ts = api.params.text("thread_ts");
    let (files, channel) = api.core.world(|world| {
        check_uploaded(world, &wanted)?;
        let channel = to
            .map(|to| place(world, &to, thread_ts.as_deref()))
            .transpose()?;
        Ok::<_, Refusal>((finish(world, &wanted), channel))
    })?;
    if let Some(channel) = channel {
        let comment = api.params.text("initial_comment").unwrap_or_default();
        let draft = Draft {
            thread_ts,
            blocks: api.params.json("blocks", "invalid_blocks_format")?,
            files: files.clone(),
            ..Draft::text(names::BOT_USER, &comment)
        };
        api.core.post(&channel, draft);
    }
    Ok(json!({"files": files}))
}

/// The (id, title) pairs of the argument `files`.
fn wanted(params: &Params) -> Result<Vec<(String, Option<String>)>, Refusal> {
    let list = params.json("files", "invalid_arguments")?;
    let list = list.as_array().ok_or_else(|| Refusal::missing("files"))?;
    let pair = |entry: &Value| {
        let title = field(entry, "title").as_str().map(ToOwned::to_owned);
        Some((field(entry, "id").as_str()?.to_owned(), title))
    };
    let pairs: Option<Vec<_>> = list.iter().map(pair).collect();
    pairs
        .filter(|pairs| !pairs.is_empty())
        .ok_or_else(|| Refusal::missing("files"))
}

fn check_uploaded(world: &World, wanted: &[(String, Option<String>)]) -> Result<(), Refusal> {
    let uploaded = |(id, _): &(String, Option<String>)| {
        let file = world.files.get(id);
        file.is_some_and(|file| file.bytes.is_some() && !file.complete)
    };
    if wanted.iter().all(uploaded) {
        Ok(())
    } else {
        Err("file_not_found".into())
    }
}

fn place(world: &mut World, to: &str, thread_ts: Option<&str>) -> Result<String, Refusal> {
    let channel = destination(world, to).map_err(|refusal| {
        if refusal.error == "channel_not_found" {
            "invalid_channel".into()
        } else {
            refusal
        }
    })?;
    if let Some(ts) = thread_ts {
        check_parent(world, &channel, ts)?;
    }
    Ok(channel)
}

fn finish(world: &mut World, wanted: &[(String, Option<String>)]) -> Vec<Value> {
    let root = world.root.clone();
    let mut shown = Vec::new();
    for (id, title) in wanted {
        if let Some(file) = world.files.get_mut(id) {
            file.complete = true;
            if let Some(title) = title {
                file.title.clone_from(title);
            }
            shown.push(file.to_json(&root));
        }
    }
    shown
}
