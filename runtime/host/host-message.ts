/** What the host tells the launcher over their channel: how the first person gets in. */
export interface HostMessage {
  /** The one-time link itself, where a person watches the terminal. */
  readonly link?: string;
  /** The file it lies in, otherwise. */
  readonly file?: string;
}
