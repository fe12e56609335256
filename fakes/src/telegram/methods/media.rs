//! Messages that carry a file, and the way to get one back.

use serde_json::{Value, json};

use super::super::answer::{Answer, Granted, Refusal, put};
use super::super::files::{NewFile, check_photo};
use super::super::message::Content;
use super::super::params::Params;
use super::super::world::{Draft, World};
use super::place::Place;
use super::send::no_text;
use super::text::caption;

/// What kind of file a method sends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// The field's name, in the call and in the message.
    name: &'static str,
    /// How the vendor names it in errors.
    noun: &'static str,
    has_caption: bool,
    /// Whole numbers that the call may carry over into the message.
    numbers: &'static [&'static str],
    /// Texts likewise.
    texts: &'static [&'static str],
}

impl Kind {
    pub(super) const PHOTO: Self = Self::new("photo", "photo", &[], &[]);
    pub(super) const DOCUMENT: Self = Self::new("document", "document", &[], &[]);
    pub(super) const VOICE: Self = Self::new("voice", "voice", &["duration"], &[]);
    pub(super) const AUDIO: Self =
        Self::new("audio", "audio", &["duration"], &["performer", "title"]);
    pub(super) const VIDEO: Self =
        Self::new("video", "video", &["duration", "width", "height"], &[]);
    pub(super) const ANIMATION: Self = Self::new(
        "animation",
        "animation",
        &["duration", "width", "height"],
        &[],
    );
    pub(super) const STICKER: Self = Self {
        has_caption: false,
        ..Self::new("sticker", "sticker", &[], &["emoji"])
    };

    const fn new(
        name: &'static str,
        noun: &'static str,
        numbers: &'static [&'static str],
        texts: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            noun,
            has_caption: true,
            numbers,
            texts,
        }
    }

    /// The kind of an album's item.
    pub(super) fn in_album(name: &str) -> Option<Self> {
        [Self::PHOTO, Self::VIDEO, Self::DOCUMENT, Self::AUDIO]
            .into_iter()
            .find(|kind| kind.name == name)
    }

    pub(super) fn name(self) -> &'static str {
        self.name
    }

    /// What the call says besides the file.
    fn more(self, params: &Params) -> Value {
        let mut more = json!({});
        for name in self.numbers {
            put(&mut more, name, json!(params.number(name).unwrap_or(0)));
        }
        for name in self.texts {
            if let Some(text) = params.text(name) {
                put(&mut more, name, json!(text));
            }
        }
        if self.name == "sticker" {
            for (name, value) in [
                ("type", json!("regular")),
                ("width", json!(512)),
                ("height", json!(512)),
                ("is_animated", json!(false)),
                ("is_video", json!(false)),
            ] {
                put(&mut more, name, value);
            }
        }
        more
    }
}

/// Sends one file.
pub(super) fn send(world: &mut World, params: &Params, kind: Kind) -> Answer {
    let parsed = if kind.has_caption {
        caption(world, params)?
    } else {
        no_text()
    };
    let source = Source::of(world, params, params.text(kind.name), kind)?;
    let place = Place::of(world, params)?;
    world.count(place.chat, 1)?;
    let content = Content::Media {
        kind: kind.name,
        body: source.keep(world, kind, &kind.more(params)),
    };
    let mut draft = Draft::new(parsed, content);
    place.put(&mut draft);
    let id = world.post(place.chat, world.bot.clone(), draft);
    world.grant_message(place.chat, id)
}

/// A file as a call gives it: uploaded with it, or known to the server.
#[derive(Debug)]
pub(super) enum Source {
    Uploaded(NewFile),
    Known(NewFile),
}

impl Source {
    /// Reads and checks the file that `named` means: `attach://field`, an identifier, or the field
    /// of the kind's own name.
    pub(super) fn of(
        world: &World,
        params: &Params,
        named: Option<&str>,
        kind: Kind,
    ) -> Result<Self, Refusal> {
        let field = match named {
            None => kind.name,
            Some(named) => match named.strip_prefix("attach://") {
                Some(field) => field,
                None => return Self::known(world, named),
            },
        };
        let part = params
            .file(field)
            .ok_or_else(|| Refusal::bad(format!("there is no {} in the request", kind.noun)))?;
        let size = u64::try_from(part.bytes.len()).unwrap_or(u64::MAX);
        if size == 0 {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if size > world.limits.upload_bytes {
            return Err(too_large());
        }
        if kind.name == "photo" {
            check_photo(&part.bytes, world.limits.photo_bytes)?;
        }
        Ok(Self::Uploaded(NewFile {
            bytes: part.bytes.clone(),
            size,
            name: part.file_name.clone(),
            mime: part.content_type.clone(),
        }))
    }

    /// An address would be fetched by the vendor; this server reaches no network.
    fn known(world: &World, named: &str) -> Result<Self, Refusal> {
        if named.starts_with("http://") || named.starts_with("https://") {
            return Err(Refusal::bad("failed to get HTTP URL content"));
        }
        let file = world.files.get(named);
        file.map(|file| Self::Known(file.new.clone()))
            .ok_or_else(|| Refusal::bad("wrong file identifier/HTTP URL specified"))
    }

    pub(super) fn keep(self, world: &mut World, kind: Kind, more: &Value) -> Value {
        let (Self::Uploaded(new) | Self::Known(new)) = self;
        world.files.keep(kind.name, new, more)
    }
}

pub(in crate::telegram) fn too_large() -> Refusal {
    Refusal::new(413, "Request Entity Too Large")
}

/// Tells where a file can be fetched.
pub(super) fn get_file(world: &World, params: &Params) -> Answer {
    let id = params
        .text("file_id")
        .ok_or_else(|| Refusal::bad("file_id not specified"))?;
    let file = world
        .files
        .get(id)
        .ok_or_else(|| Refusal::bad("invalid file_id"))?;
    if file.new.size > world.limits.download_bytes {
        return Err(Refusal::bad("file is too big"));
    }
    let mut object = file.json();
    put(&mut object, "file_path", json!(file.path));
    Ok(Granted::from(object))
}
