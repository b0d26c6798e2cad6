/** A user name and password that a link signs in with; nothing is anonymous. */
export interface LinkLogin {
  readonly user: string;
  readonly password: string;
}
