//! Server-sent events, bounded and never in doubt: any bytes in any pieces are read.

/// The largest event, and the largest line.
pub(crate) const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// What a stream carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// An event; `name` is empty if it has none.
    Event {
        /// The field `event`.
        name: String,
        /// The lines of `data`, joined.
        data: String,
    },
    /// A comment: servers send them to keep the connection open.
    Comment,
}

/// An event or a line is larger than [`MAX_EVENT_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Cuts bytes into frames.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    line: Vec<u8>,
    name: String,
    data: Option<String>,
    after_cr: bool,
    past_first_line: bool,
}

impl Decoder {
    /// Takes the next piece; complete frames go to `frames`.
    pub(crate) fn push(&mut self, piece: &[u8], frames: &mut Vec<Frame>) -> Result<(), TooLarge> {
        let mut rest = piece;
        if std::mem::take(&mut self.after_cr) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            self.after_cr = piece.is_empty();
        }
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (head, tail) = rest.split_at(at);
            self.grow(head)?;
            self.end_line(frames)?;
            rest = match tail.strip_prefix(b"\r") {
                Some([]) => {
                    self.after_cr = true;
                    &[]
                }
                Some(after) => after.strip_prefix(b"\n").unwrap_or(after),
                None => tail.strip_prefix(b"\n").unwrap_or(tail),
            };
        }
        self.grow(rest)
    }

    /// The stream is over: an event without its empty line counts too, since servers forget it.
    pub(crate) fn finish(&mut self) -> Option<Frame> {
        let mut frames = Vec::new();
        self.end_line(&mut frames).ok()?;
        self.dispatch(&mut frames);
        frames
            .into_iter()
            .find(|frame| matches!(frame, Frame::Event { .. }))
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if self.line.len() + bytes.len() > MAX_EVENT_BYTES {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, frames: &mut Vec<Frame>) -> Result<(), TooLarge> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let mut line = &*text;
        if !std::mem::replace(&mut self.past_first_line, true) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            self.dispatch(frames);
            return Ok(());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => frames.push(Frame::Comment),
            "event" => value.clone_into(&mut self.name),
            "data" => {
                let data = match &mut self.data {
                    Some(data) => {
                        data.push('\n');
                        data
                    }
                    none => none.insert(String::new()),
                };
                if data.len() + value.len() > MAX_EVENT_BYTES {
                    return Err(TooLarge);
                }
                data.push_str(value);
            }
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self, frames: &mut Vec<Frame>) {
        let name = std::mem::take(&mut self.name);
        if let Some(data) = self.data.take() {
            frames.push(Frame::Event { name, data });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(pieces: &[&[u8]]) -> Vec<Frame> {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        for piece in pieces {
            decoder.push(piece, &mut frames).unwrap();
        }
        frames.extend(decoder.finish());
        frames
    }

    fn event(name: &str, data: &str) -> Frame {
        Frame::Event {
            name: name.into(),
            data: data.into(),
        }
    }

    #[test]
    fn every_kind_of_line_end_and_field() {
        let stream = "\u{feff}event: a\r\ndata: one\r\ndata:two\r\n\r\n: alive\nid: 7\nretry: 5\ndata\n\ndata:  x\r\rdata: last";
        let expected = [
            event("a", "one\ntwo"),
            Frame::Comment,
            event("", ""),
            event("", " x"),
            event("", "last"),
        ];
        assert_eq!(decode(&[stream.as_bytes()]), expected);
        let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        assert_eq!(decode(&bytes), expected);
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        let line = vec![b'x'; MAX_EVENT_BYTES + 1];
        assert_eq!(decoder.push(&line, &mut frames), Err(TooLarge));
        let mut decoder = Decoder::default();
        let lines = format!("data: {}\n", "x".repeat(1000));
        let mut refused = false;
        for _ in 0..2000 {
            refused = refused || decoder.push(lines.as_bytes(), &mut frames).is_err();
        }
        assert!(refused);
        assert!(frames.is_empty());
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(bytes in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), Just(b' '), Just(b'd'), any::<u8>()], 0..200),
            cuts in proptest::collection::vec(1usize..9, 1..60)) {
            let whole = decode(&[&bytes]);
            let mut pieces = Vec::new();
            let mut rest = bytes.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (head, tail) = rest.split_at((*cut).min(rest.len()));
                pieces.push(head);
                rest = tail;
            }
            prop_assert_eq!(whole, decode(&pieces));
        }
    }
}
