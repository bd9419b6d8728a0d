/** What stands over the page for a while: dialogs, and the questions that are asked before something is lost. */
export { AskingButton } from './asking-button.tsx';
export { Modal } from './modal.tsx';
export { Question } from './question.tsx';
