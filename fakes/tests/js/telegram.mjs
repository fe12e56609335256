// A bot on grammY, the outside judge of the Telegram fake. Whatever it learns it says in the chat,
// where the Rust side reads it. Arguments: `poll` or `webhook`.
import { createRequire } from "node:module";
import { createServer } from "node:http";

const { ROOT, TOKEN, CI_NODE, SECRET } = process.env;
const require = createRequire(`${CI_NODE}/package.json`);
const { Bot, GrammyError, InlineKeyboard, InputFile, InputMediaBuilder, webhookCallback } =
  require("grammy");

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const bot = new Bot(TOKEN, { client: { apiRoot: ROOT } });

bot.command("start", (ctx) =>
  ctx.reply("<b>Hello</b> &amp; <i>welcome</i>", {
    parse_mode: "HTML",
    reply_parameters: { message_id: ctx.msg.message_id },
  }),
);

bot.hears("photo", (ctx) =>
  ctx.replyWithPhoto(new InputFile(PICTURE, "dot.png"), { caption: "a dot" }),
);

bot.hears("album", async (ctx) => {
  const photo = (caption) =>
    InputMediaBuilder.photo(new InputFile(PICTURE, "dot.png"), { caption });
  const sent = await ctx.replyWithMediaGroup([photo("first"), photo("second")]);
  await ctx.reply(`album of ${sent.length}`);
});

bot.hears("edit", async (ctx) => {
  const sent = await ctx.reply("draft");
  await ctx.api.editMessageText(ctx.chat.id, sent.message_id, "final");
});

bot.hears("react", (ctx) => ctx.react("👀"));

bot.hears("button", (ctx) =>
  ctx.reply("Sure?", { reply_markup: new InlineKeyboard().text("Yes", "yes") }),
);

bot.on("callback_query:data", async (ctx) => {
  await ctx.answerCallbackQuery({ text: `got ${ctx.callbackQuery.data}` });
  await ctx.editMessageText("Done.");
});

bot.hears("flood", async (ctx) => {
  try {
    await ctx.reply("too early");
  } catch (error) {
    if (!(error instanceof GrammyError)) throw error;
    await ctx.reply(`${error.error_code}, wait ${error.parameters.retry_after}`);
  }
});

bot.hears("bad markup", async (ctx) => {
  try {
    await ctx.reply("<p>no</p>", { parse_mode: "HTML" });
  } catch (error) {
    if (!(error instanceof GrammyError)) throw error;
    await ctx.reply(error.description);
  }
});

bot.on("message:document", async (ctx) => {
  const file = await ctx.getFile();
  const answer = await fetch(`${ROOT}/file/bot${TOKEN}/${file.file_path}`);
  const text = Buffer.from(await answer.arrayBuffer()).toString();
  await ctx.reply(`${ctx.msg.document.file_name}: ${text}`);
});

bot.on("message_reaction", (ctx) => {
  const { emojiAdded } = ctx.reactions();
  return ctx.reply(`you reacted ${emojiAdded.join()}`);
});

bot.on("message:text", (ctx) => ctx.reply(`echo ${ctx.msg.text}`));

const allowed_updates = ["message", "callback_query", "message_reaction"];

if (process.argv[2] === "poll") {
  process.stdin.resume();
  process.stdin.on("end", () => bot.stop());
  await bot.start({ allowed_updates });
} else {
  await bot.init();
  const server = createServer(webhookCallback(bot, "http", { secretToken: SECRET }));
  server.listen(0, "127.0.0.1", async () => {
    const url = `http://127.0.0.1:${server.address().port}/`;
    await bot.api.setWebhook(url, { secret_token: SECRET, allowed_updates });
  });
  process.stdin.resume();
  process.stdin.on("end", async () => {
    await bot.api.deleteWebhook();
    server.close();
    server.closeAllConnections();
  });
}
