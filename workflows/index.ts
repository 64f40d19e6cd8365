export { bulk } from './bulk';
export { enrollment } from './enrollment';
export { enter } from './enter';
