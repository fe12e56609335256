//! Chat completions: OpenAI, and everybody who followed (Ollama, llama.cpp, vLLM, OpenRouter …).

mod request;
mod spoken;
mod stream;

pub(crate) use spoken::OpenAi;
