//! Texts for and from networks: answers cut into messages, names and words of strangers made safe,
//! and the code that lets a stranger in.

mod chunk;
mod code;
mod invisible;
mod label;

pub use chunk::chunk;
pub use code::{PAIRING_CODE_CHARS, pairing_code, read_pairing_code};
pub use label::{CANVAS_MARK, LABEL_MAX_CHARS, attributed, label_name, label_sign, quoted};

pub(crate) use invisible::is_invisible;
