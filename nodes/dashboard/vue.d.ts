// Single-file components are compiled by Vite; to tsc they are components of unknown shape.
declare module "*.vue" {
  const component: object;
  export default component;
}

declare module "*.css?inline" {
  const css: string;
  export default css;
}
