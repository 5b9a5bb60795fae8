/** What MySQL 9 and MariaDB 11 sent back, byte for byte, in the binary protocol. */
export const recordedMysqlReplies = {
  mysql: {
    /** A statement with two parameters and two columns, prepared. */
    preparedSelect:
      'DAAAAQABAAAAAgACAAAAABcAAAIDZGVmAAAAAT8ADD8AFQAAAAiAAAAAABcAAAMDZGVmAAAAAT8ADD8AFQAAAAiAAAAAAAUAAAT+AAACACYAAAUDZGVmCnByb3RvX2Zhc3QBcgFyAmlkAmlkDD8ACwAAAAMDQgAAACwAAAYDZGVmCnByb3RvX2Zhc3QBcgFyBWxhYmVsBWxhYmVsDOAAUAAAAP0AAAAAAAUAAAf+AAACAA==',
    /** A statement without either, prepared. */
    preparedBare: 'DAAAAQACAAAAAAAAAAAAAA==',
    /** SELECT id, label: letters of one to three bytes, and a NULL. */
    rows: 'AQAAAQImAAACA2RlZgpwcm90b19mYXN0AXIBcgJpZAJpZAw/AAsAAAADA0IAAAAsAAADA2RlZgpwcm90b19mYXN0AXIBcgVsYWJlbAVsYWJlbAzgAFAAAAD9AAAAAAAFAAAE/gAAAgARAAAFAAABAAAACmbDvHIg4oKsIDEGAAAGAAgCAAAABQAAB/4AAAIA',
    /** The same, of no row. */
    noRows:
      'AQAAAQImAAACA2RlZgpwcm90b19mYXN0AXIBcgJpZAJpZAw/AAsAAAADA0IAAAAsAAADA2RlZgpwcm90b19mYXN0AXIBcgVsYWJlbAVsYWJlbAzgAFAAAAD9AAAAAAAFAAAE/gAAAgAFAAAF/gAAAgA=',
    /** An INSERT that was given the id 4. */
    inserted: 'BwAAAQABBAIAAAA=',
    /** SET @@session.autocommit = 1: the server tells the new value. */
    tracked: 'GQAAAQAAAAJAAAAAEAAOCmF1dG9jb21taXQCT04=',
    /** A procedure that selects five rows, then one of other columns, and then inserts. */
    called:
      'AQAAAQEmAAACA2RlZgpwcm90b19mYXN0AXIBcgJpZAJpZAw/AAsAAAADA0IAAAAFAAAD/gAACgAGAAAEAAABAAAABgAABQAAAgAAAAYAAAYAAAMAAAAGAAAHAAAEAAAABgAACAAABQAAAAUAAAn+AAAKAAEAAAoCFwAACwNkZWYAAAABYQAMPwACAAAACIEAAAAAFwAADANkZWYAAAABYgAMPwACAAAACIEAAAAABQAADf4AAAoAEgAADgAAAwAAAAAAAAAEAAAAAAAAAAUAAA/+AAAKAAcAABAAAQACAAAA',
    /** A violation of the key. */
    duplicate: 'MAAAAf8mBCMyMzAwMER1cGxpY2F0ZSBlbnRyeSAnMScgZm9yIGtleSAnci5QUklNQVJZJw==',
    /** SET SESSION TRANSACTION ISOLATION LEVEL and START TRANSACTION, sent together. */
    levelAndBegin: 'BwAAAQAAAAIAAAAUAAABAAAAA0AAAAALBQkIVF9fX19fX18=',
    /** COMMIT. */
    committed: 'FAAAAQAAAAJAAAAACwUJCF9fX19fX19f',
  },
  mariadb: {
    /** A statement with two parameters and two columns, prepared. */
    preparedSelect:
      'DAAAAQDNCAAAAgACAAAAABgAAAIDZGVmAAAAAT8AAAw/AAAAAAAGgAAAAAAYAAADA2RlZgAAAAE/AAAMPwAAAAAABoAAAAAABQAABP4AAAIAJwAABQNkZWYKcHJvdG9fZmFzdAFyAXICaWQCaWQADD8ACwAAAAMDQgAAAC0AAAYDZGVmCnByb3RvX2Zhc3QBcgFyBWxhYmVsBWxhYmVsAAzgAFAAAAD9AAAAAAAFAAAH/gAAAgA=',
    /** A statement without either, prepared. */
    preparedBare: 'DAAAAQDOCAAAAAAAAAAAAA==',
    /** SELECT id, label: letters of one to three bytes, and a NULL. */
    rows: 'AQAAAQInAAACA2RlZgpwcm90b19mYXN0AXIBcgJpZAJpZAAMPwALAAAAAwNCAAAALQAAAwNkZWYKcHJvdG9fZmFzdAFyAXIFbGFiZWwFbGFiZWwADOAAUAAAAP0AAAAAAAUAAAT+AAACABEAAAUAAAEAAAAKZsO8ciDigqwgMQYAAAYACAIAAAAFAAAH/gAAAgA=',
    /** The same, of no row. */
    noRows:
      'AQAAAQInAAACA2RlZgpwcm90b19mYXN0AXIBcgJpZAJpZAAMPwALAAAAAwNCAAAALQAAAwNkZWYKcHJvdG9fZmFzdAFyAXIFbGFiZWwFbGFiZWwADOAAUAAAAP0AAAAAAAUAAAT+AAACAAUAAAX+AAACAA==',
    /** An INSERT that was given the id 4. */
    inserted: 'BwAAAQABBAIAAAA=',
    /** SET @@session.autocommit = 1: the server tells the new value. */
    tracked: 'GQAAAQAAAAJAAAAAEAAOCmF1dG9jb21taXQCT04=',
    /** A procedure that selects five rows, then one of other columns, and then inserts. */
    called:
      'AQAAAQEnAAACA2RlZgpwcm90b19mYXN0AXIBcgJpZAJpZAAMPwALAAAAAwNCAAAABQAAA/4AACoABgAABAAAAQAAAAYAAAUAAAIAAAAGAAAGAAADAAAABgAABwAABAAAAAYAAAgAAAUAAAAFAAAJ/gAAKgABAAAKAhgAAAsDZGVmAAAAAWEAAAw/AAEAAAADgQAAAAAYAAAMA2RlZgAAAAFiAAAMPwABAAAAA4EAAAAABQAADf4AACoACgAADgAAAwAAAAQAAAAFAAAP/gAAKgAHAAAQAAEAIgAAAA==',
    /** A violation of the key. */
    duplicate: 'LgAAAf8mBCMyMzAwMER1cGxpY2F0ZSBlbnRyeSAnMScgZm9yIGtleSAnUFJJTUFSWSc=',
    /** SET SESSION TRANSACTION ISOLATION LEVEL and START TRANSACTION, sent together. */
    levelAndBegin: 'BwAAAQAAAAIAAAAHAAABAAAAAwAAAA==',
    /** COMMIT. */
    committed: 'BwAAAQAAAAIAAAA=',
  },
} as const
