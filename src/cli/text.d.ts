// Templates are embedded as text.
declare module "*.yaml" {
  const text: string;
  export default text;
}

declare module "*.bash" {
  const text: string;
  export default text;
}
declare module "*.zsh" {
  const text: string;
  export default text;
}
declare module "*.fish" {
  const text: string;
  export default text;
}

// What the build makes for the executable to carry along (test/repo/assets.ts): the path of the embedded file.
declare module "*.asset" {
  const path: string;
  export default path;
}
