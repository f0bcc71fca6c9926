//! What is wrong with settings, all of it at once.

use kernel::{ErrorCode, Refusal};

/// Collects flaws; each is named by the path of its field in the body that was sent.
pub(crate) struct Flaws {
    refusal: Refusal,
    path: String,
}

impl Flaws {
    pub(crate) fn new(message: &'static str) -> Self {
        Self { refusal: Refusal::new(ErrorCode::Validation, "invalid_fields", message), path: String::new() }
    }

    pub(crate) fn add(&mut self, field: impl AsRef<str>, code: &'static str, message: impl Into<String>) {
        let field = format!("{}{}", self.path, field.as_ref());
        self.refusal =
            std::mem::replace(&mut self.refusal, Refusal::not_found()).with_field(field, code, message.into());
    }

    /// What `check` finds stands below `name`.
    pub(crate) fn part(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(name);
        self.path.push('.');
        check(self);
        self.path.truncate(length);
    }

    pub(crate) fn within(&mut self, field: &str, value: u32, range: std::ops::RangeInclusive<u32>) {
        if !range.contains(&value) {
            self.add(field, "out_of_range", format!("{} to {}.", range.start(), range.end()));
        }
    }

    pub(crate) fn at_most(&mut self, field: &str, count: usize, most: usize) {
        if count > most {
            self.add(field, "too_many", format!("At most {most}."));
        }
    }

    /// A list where order counts and each thing stands once.
    pub(crate) fn once<T: PartialEq>(&mut self, field: &str, items: &[T]) {
        for (index, item) in items.iter().enumerate() {
            if items[..index].contains(item) {
                self.add(format!("{field}.{index}"), "duplicate", "Stands twice.");
            }
        }
    }

    /// A 422 that names every field that is wrong.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.refusal.fields.is_empty() { Ok(()) } else { Err(self.refusal) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaws_are_named_by_their_path() {
        let mut flaws = Flaws::new("Not valid.");
        flaws.within("top", 7, 1..=6);
        flaws.part("outer", |flaws| {
            flaws.part("inner", |flaws| flaws.once("list", &[1, 2, 1]));
            flaws.at_most("many", 3, 2);
        });
        let refusal = flaws.finish().unwrap_err();
        let fields: Vec<String> =
            refusal.fields.iter().map(|field| format!("{} {}", field.field, field.code)).collect();
        assert_eq!(fields, ["top out_of_range", "outer.inner.list.2 duplicate", "outer.many too_many"]);
        assert!(Flaws::new("Not valid.").finish().is_ok());
    }
}
