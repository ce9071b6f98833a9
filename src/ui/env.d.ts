// What the bundler puts into files beside the page.
declare module "*.css";
