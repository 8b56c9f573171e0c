//! What checks, reports and imports say, as an answer: the id for programs, the sentence for people.

use accord_core::api::Sentence;
use accord_framework::message::Arg;
use accord_framework::{Message, Messages};

/// A message as an answer, said in the language of `messages`.
pub(super) fn sentence(message: &Message, messages: &Messages) -> Sentence {
    let argument = |value: &Arg| match value {
        Arg::Text(text) | Arg::Figure(text) => text.clone(),
        Arg::Number(number) => number.to_string(),
    };
    Sentence {
        id: message.id.to_owned(),
        arguments: message.args.iter().map(|(name, value)| ((*name).to_owned(), argument(value))).collect(),
        text: messages.say(message),
        hint: messages.hint(message),
    }
}
