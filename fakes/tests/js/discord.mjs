// A bot on discord.js that does what people tell it and says on stdout what it sees, one JSON
// object a line. Arguments: the folder of node_modules, the API root without version, the token.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, root, token] = process.argv.slice(2);
const require = createRequire(join(modules, 'package.json'));
const {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits,
  Partials, RESTEvents, SlashCommandBuilder, MessageFlags,
} = require('discord.js');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const fail = (error) => say('error', { name: error.name, code: error.code, status: error.status, message: error.message });

const bits = GatewayIntentBits;
const client = new Client({
  intents: [
    bits.Guilds, bits.GuildMessages, bits.MessageContent, bits.DirectMessages,
    bits.GuildMessageReactions, bits.DirectMessageReactions, bits.GuildMessageTyping,
  ],
  partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
  rest: { api: root, version: '10', retries: 3, timeout: 5_000 },
});

const words = {
  async reply(message, text) {
    await message.reply(text);
  },
  async edit(message) {
    const sent = await message.channel.send('first');
    await sent.edit('second');
  },
  async remove(message) {
    const sent = await message.channel.send('short-lived');
    await sent.delete();
    say('removed', { id: sent.id });
  },
  async react(message, emoji) {
    await message.react(emoji);
  },
  async unreact(message, emoji) {
    const reaction = await message.react(emoji);
    await reaction.users.remove(client.user.id);
    say('unreacted');
  },
  async type(message) {
    await message.channel.sendTyping();
  },
  async upload(message) {
    const files = ['one', 'two'].map((text) =>
      new AttachmentBuilder(Buffer.from(text), { name: `${text} file.txt`, description: `holds ${text}` }));
    const sent = await message.channel.send({ content: 'two files', files });
    const texts = [];
    for (const file of sent.attachments.values()) texts.push(await (await fetch(file.url)).text());
    say('uploaded', { texts, names: sent.attachments.map((file) => file.name) });
  },
  async thread(message, name) {
    const thread = await message.startThread({ name });
    await thread.send('in the thread');
    say('thread', { id: thread.id, parent: thread.parentId });
  },
  async forum(message, id) {
    const forum = await client.channels.fetch(id);
    const post = await forum.threads.create({
      name: 'a post', message: { content: 'its first words' }, appliedTags: [forum.availableTags[0].id],
    });
    const starter = await post.fetchStarterMessage();
    say('post', { id: post.id, starter: starter.id, content: starter.content, tags: post.appliedTags });
  },
  async history(message) {
    const page = await message.channel.messages.fetch({ limit: 2, before: message.id });
    say('history', { texts: page.map((one) => one.content) });
  },
  async nonce(message) {
    const payload = { content: 'once', nonce: '4711', enforceNonce: true };
    const [first, second] = [await message.channel.send(payload), await message.channel.send(payload)];
    say('nonce', { same: first.id === second.id, nonce: first.nonce });
  },
  async button(message) {
    const button = new ButtonBuilder().setCustomId('yes').setLabel('Yes').setStyle(ButtonStyle.Primary);
    await message.channel.send({ content: 'sure?', components: [new ActionRowBuilder().addComponents(button)] });
  },
  async poll(message) {
    const answers = [{ text: 'red' }, { text: 'blue' }];
    const sent = await message.channel.send({
      poll: { question: { text: 'which?' }, answers, duration: 1, allowMultiselect: false },
    });
    say('poll', { answers: sent.poll.answers.map((answer) => answer.text) });
  },
  async many(message, count) {
    const texts = Array.from({ length: Number(count) }, (_, index) => `n${index + 1}`);
    await Promise.all(texts.map((text) => message.channel.send(text)));
    say('many');
  },
  async long(message) {
    await message.channel.send('x'.repeat(2001));
  },
  async direct(message) {
    await message.author.send('in private');
  },
};

client.on(Events.MessageCreate, async (message) => {
  if (message.author.id === client.user.id) return;
  const texts = [];
  for (const file of message.attachments.values()) texts.push(await (await fetch(file.url)).text());
  say('message', {
    id: message.id, text: message.content, dm: message.guild === null, files: texts,
    mentioned: message.mentions.has(client.user), thread: message.channel.isThread(),
    reply: message.reference?.messageId ?? null,
  });
  const [, word, rest] = /^!(\w+) ?(.*)$/.exec(message.content) ?? [];
  if (word) await words[word](message, rest).catch(fail);
});

client.on(Events.InteractionCreate, async (interaction) => {
  try {
    if (interaction.isButton()) {
      await interaction.update({ content: `pressed ${interaction.customId}`, components: [] });
      await interaction.followUp({ content: 'thank you', flags: MessageFlags.Ephemeral });
    } else if (interaction.commandName === 'ask') {
      const response = await interaction.reply({
        content: `you asked ${interaction.options.getString('what')}`, withResponse: true,
      });
      await interaction.followUp('and there is more');
      await interaction.editReply('you asked, I edited');
      say('answered', { id: response.resource.message.id });
    } else {
      await interaction.deferReply();
      await interaction.editReply('late but here');
      const reply = await interaction.fetchReply();
      say('deferred', { text: reply.content });
    }
  } catch (error) {
    fail(error);
  }
});

client.on(Events.MessageUpdate, (before, after) => say('update', { id: after.id, text: after.content, edited: after.editedTimestamp !== null }));
client.on(Events.MessageDelete, (message) => say('delete', { id: message.id }));
client.on(Events.MessageReactionAdd, (reaction, user) => {
  if (user.id !== client.user.id) say('reaction', { id: reaction.message.id, emoji: reaction.emoji.name });
});
client.on(Events.MessageReactionRemove, (reaction) => say('reaction-gone', { emoji: reaction.emoji.name }));
client.on(Events.TypingStart, (typing) => say('typing', { user: typing.user.id }));
client.on(Events.ThreadCreate, (thread) => say('thread-created', { id: thread.id, name: thread.name }));
client.on(Events.ShardResume, (_, replayed) => say('resumed', { replayed }));
client.on(Events.ShardReconnecting, () => say('reconnecting'));
client.on(Events.ShardDisconnect, (close) => say('disconnected', { code: close.code }));
client.on(Events.ShardReady, () => say('shard-ready'));
client.on(Events.Error, fail);
client.rest.on(RESTEvents.RateLimited, (limit) => say('waits', { global: limit.global, ms: limit.timeToReset }));

client.once(Events.ClientReady, async () => {
  const ask = new SlashCommandBuilder().setName('ask').setDescription('Asks')
    .addStringOption((option) => option.setName('what').setDescription('What').setRequired(true));
  const slow = new SlashCommandBuilder().setName('slow').setDescription('Thinks first');
  await client.application.commands.set([ask.toJSON()]);
  for (const guild of client.guilds.cache.values()) await guild.commands.set([slow.toJSON()]);
  await client.application.fetch();
  say('ready', {
    user: client.user.id, guilds: client.guilds.cache.map((guild) => guild.name),
    flags: client.application.flags.toArray(),
  });
});

client.login(token).catch((error) => {
  fail(error);
  process.exitCode = 1;
});
