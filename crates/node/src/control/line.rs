//! Lines of JSON, bounded.

use accord_core::api::{MAX_LINE, Message, Problem};
use accord_words::problem;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    #[error("a line is longer than {} MiB", MAX_LINE >> 20)]
    TooLong,
    #[error("the connection ended in the middle of a line")]
    CutOff,
    #[error("the connection failed")]
    Io(#[from] std::io::Error),
}

/// The next line without its end; none where the stream ends between lines.
///
/// The bound is checked before a byte is kept, so a sender without line ends costs one line's memory at most.
pub(super) async fn read<R: AsyncBufRead + Unpin>(reader: &mut R) -> Result<Option<Vec<u8>>, LineError> {
    let mut line = Vec::new();
    loop {
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return if line.is_empty() { Ok(None) } else { Err(LineError::CutOff) };
        }
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        if line.len() + part.len() > MAX_LINE {
            return Err(LineError::TooLong);
        }
        line.extend_from_slice(part);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// One message as a line. An answer over the bound becomes a problem: the client would refuse it.
pub(super) fn encode(message: &Message) -> Vec<u8> {
    let mut line = match serde_json::to_vec(message) {
        Ok(line) if line.len() <= MAX_LINE => line,
        Ok(_) => problem_line(&problem!("answer-too-long")),
        Err(error) => problem_line(&problem!("answer-not-written", why = error.to_string())),
    };
    line.push(b'\n');
    line
}

fn problem_line(problem: &Problem) -> Vec<u8> {
    // A problem is a flat structure of strings, which always has a JSON form.
    serde_json::to_vec(&Message::Problem(problem.clone())).unwrap_or_default()
}

/// Writes one line whole.
pub(super) async fn write<W: AsyncWrite + Unpin>(writer: &mut W, line: &[u8]) -> std::io::Result<()> {
    writer.write_all(line).await?;
    writer.flush().await
}
