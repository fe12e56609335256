//! JSON made from a schema: half of it fits, half of it slips somewhere. All chance comes from one
//! list of numbers, so that proptest can shrink it.

use serde_json::{Map, Value, json};

/// Of values that may slip, one in so many does.
const SLIP: usize = 30;
/// No deeper than this, whatever the schema says.
const DEPTH: usize = 12;

pub(crate) struct Choices<'a> {
    numbers: &'a [u32],
    at: usize,
    /// Where the definitions of the schema are.
    root: &'a Value,
    /// Whether anything may be other than the schema asks for.
    slips: bool,
}

impl<'a> Choices<'a> {
    pub(crate) const fn new(numbers: &'a [u32], root: &'a Value) -> Self {
        Self {
            numbers,
            at: 0,
            root,
            slips: false,
        }
    }

    /// A number below the bound.
    fn below(&mut self, bound: usize) -> usize {
        let number = self.numbers[self.at % self.numbers.len()] as usize;
        // The second time round the same numbers mean something else.
        let round = self.at / self.numbers.len();
        self.at += 1;
        number.wrapping_add(round.wrapping_mul(7_919)) % bound
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    fn slip(&mut self) -> bool {
        self.slips && self.one_in(SLIP)
    }

    pub(crate) fn value(&mut self) -> Value {
        let root = self.root;
        self.slips = self.one_in(2);
        self.fitting(root, 0)
    }

    fn fitting(&mut self, schema: &Value, depth: usize) -> Value {
        if depth > DEPTH || self.slip() {
            return self.anything();
        }
        if let Some(path) = schema["$ref"].as_str() {
            let root = self.root;
            let target = root
                .pointer(path.trim_start_matches('#'))
                .unwrap_or(&Value::Null);
            return self.fitting(target, depth + 1);
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(list) = schema["enum"].as_array() {
            return self.of(list);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(list) = schema[choice].as_array() {
                let branch = self.of(list);
                return self.fitting(&branch, depth + 1);
            }
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => self.of(kinds),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("object") => self.object(schema, depth),
            Some("array") => self.array(schema, depth),
            Some("string") => self.text(schema),
            Some("integer") => self.integer(schema),
            Some("number") => self.of(&[json!(0), json!(-1.5), json!(3.0), json!(1e300), json!(5)]),
            Some("boolean") => self.of(&[json!(true), json!(false)]),
            Some("null") => Value::Null,
            _ => self.anything(),
        }
    }

    fn anything(&mut self) -> Value {
        let odd = [
            Value::Null,
            json!(true),
            json!(0),
            json!(1),
            json!(1.0),
            json!(-1),
            json!(1.5),
            json!(u64::MAX),
            json!(9_007_199_254_740_993_u64),
            json!(""),
            json!("text"),
            json!("3"),
            json!([]),
            json!(["text"]),
            json!([null]),
            json!({}),
            json!({ "a": 1 }),
            json!({ "type": "text" }),
        ];
        self.of(&odd)
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let wanted = if required.contains(&name.as_str()) {
                !self.slip()
            } else {
                self.one_in(2)
            };
            if wanted {
                let value = self.fitting(field, depth + 1);
                object.insert(name.clone(), value);
            }
        }
        if schema["additionalProperties"].is_object() {
            for name in ["one", "", "zwei|,"].iter().take(self.below(4)) {
                let value = self.fitting(&schema["additionalProperties"], depth + 1);
                object.insert((*name).to_owned(), value);
            }
        }
        if self.slip() {
            let value = self.anything();
            object.insert("somethingNew".into(), value);
        }
        Value::Object(object)
    }

    fn array(&mut self, schema: &Value, depth: usize) -> Value {
        let bound = |name: &str| {
            schema[name]
                .as_u64()
                .map(|bound| usize::try_from(bound).unwrap())
        };
        let least = bound("minItems").unwrap_or(0);
        // Large bounds are the schema's business; what counts here is the form of the items.
        let most = bound("maxItems").unwrap_or(3).min(6);
        let length = least + self.below(most.saturating_sub(least) + 1);
        let length = if self.slip() {
            least.saturating_sub(1)
        } else {
            length
        };
        (0..length)
            .map(|_| self.fitting(&schema["items"], depth + 1))
            .collect()
    }

    fn text(&mut self, schema: &Value) -> Value {
        let bound = |name: &str| {
            schema[name]
                .as_u64()
                .map(|bound| usize::try_from(bound).unwrap())
        };
        let least = bound("minLength").unwrap_or(0);
        let most = bound("maxLength").unwrap_or(40).min(600);
        let letter = self.of(&[
            "a", "é", "漢", "🦊", "\u{0}", "\"", "\\", " ", "\u{202e}", "0",
        ]);
        let length = match self.below(12) {
            0 => least,
            1 => most,
            2 if self.slip() => most + 1,
            3 if self.slip() => least.saturating_sub(1),
            some => least + some % (most - least + 1).min(12),
        };
        json!(letter.repeat(length))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a number that loses is one more odd number"
    )]
    fn integer(&mut self, schema: &Value) -> Value {
        let bound = |name: &str| schema[name].as_i64();
        let least = bound("minimum").unwrap_or(i64::MIN);
        let most = bound("maximum").unwrap_or(i64::MAX);
        match self.below(12) {
            0 => json!(least),
            1 => json!(most),
            2 if self.slip() => json!(least.saturating_sub(1)),
            3 if self.slip() => json!(most.saturating_add(1)),
            // Whole, and written as a fraction: an integer for the schema.
            4 => json!(least.saturating_add(2) as f64),
            5 => json!(most as f64),
            6 if self.slip() => json!(least as f64 + 0.5),
            some => json!(
                least
                    .saturating_add(i64::try_from(some).unwrap())
                    .clamp(least, most)
            ),
        }
    }
}
