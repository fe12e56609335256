/** Made by `catalogue.ts` beside `vite.config.ts` from the generated schema. */
declare module "virtual:commands" {
  const commands: Readonly<Record<string, import("./catalogue.ts").CommandEntry>>;
  export default commands;
}
