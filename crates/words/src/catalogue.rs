//! The sentences of one language.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::{Arg, Language};

/// The sentences of one language.
pub struct Catalogue(FluentBundle<FluentResource>, Language);

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Catalogue").field(&self.0.locales).finish()
    }
}

impl Catalogue {
    /// Of texts in the form of Fluent. What of them cannot be read is left out; a test holds that nothing is.
    #[must_use]
    pub fn new(language: Language, sources: &[&str]) -> Self {
        let mut bundle = FluentBundle::new_concurrent(language.code().parse().into_iter().collect());
        // Isolates are put around what turns only, and only where they are wanted: see `isolated`.
        bundle.set_use_isolating(false);
        for source in sources {
            let source = match language {
                Language::French => crate::french::spaced(source),
                Language::English => (*source).to_owned(),
            };
            let read = FluentResource::try_new(source);
            bundle.add_resource_overriding(read.unwrap_or_else(|(part, _)| part));
        }
        Self(bundle, language)
    }

    /// The sentence of an id, or of one of its attributes.
    #[must_use]
    pub fn find(&self, id: &str, attribute: Option<&str>, arguments: &[(&str, Arg)]) -> Option<String> {
        let message = self.0.get_message(id)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            match value {
                Arg::Text(text) => values.set(*name, self.1.system(text)),
                Arg::Number(number) => values.set(*name, *number),
                Arg::Figure(english) => values.set(*name, self.1.number(english)),
            }
        }
        let mut errors = Vec::new();
        Some(self.0.format_pattern(pattern, Some(&values), &mut errors).into_owned())
    }
}
